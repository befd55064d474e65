#pragma once

#include "platform/result.hpp"

#include <string>

namespace troupe {

/// All of standard input; an error when it is longer than `limit` bytes.
result<std::string> read_standard_input(size_t limit);

/// The folder this process works in.
std::string working_directory();

} // namespace troupe
