#pragma once

#include "platform/process.hpp"

#include <memory>

namespace troupe {

/// Runs programs on this machine.
std::unique_ptr<process_runner> make_posix_processes();

} // namespace troupe
