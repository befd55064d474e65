#pragma once

#include "platform/process.hpp"

#include <string>

namespace troupe {

/// Starts the program of `spec` and stays with it to its end. `marker`: the
/// entry of the environment by which its processes are known. Start and
/// duration are the caller's.
result<process_result> run_to_end(const process_spec& spec,
                                  const std::string& marker);

} // namespace troupe
