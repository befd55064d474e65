#pragma once

#include "platform/posix/process_tree.hpp"
#include "platform/process.hpp"

namespace troupe {

/// Starts the program of `spec` and stays with it to its end. `mark`: by
/// what its processes are known. Start and
/// duration are the caller's.
result<process_result> run_to_end(const process_spec& spec,
                                  const task_mark& mark);

} // namespace troupe
