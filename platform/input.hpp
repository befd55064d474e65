#pragma once

#include "platform/result.hpp"

#include <string>

namespace troupe {

/// All of standard input; an error when it is longer than `limit` bytes.
result<std::string> read_standard_input(size_t limit);

/// The number of this process.
int process_id();

/// Whether a process of this number is there and not at its end, whoever owns
/// it.
bool process_exists(int number);

} // namespace troupe
