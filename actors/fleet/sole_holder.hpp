#pragma once

#include "platform/clock.hpp"
#include "platform/file_lock.hpp"

#include <memory>
#include <string>

namespace troupe {

/// The lock of a folder that only one process may work in. One that was killed
/// a moment ago is waited for, for five seconds at most: its watchdog outlives
/// it. Class `exhausted` when it is held for longer.
result<std::unique_ptr<file_lock>> hold_alone(clock_source& clock,
                                              const std::string& folder,
                                              const std::string& what);

} // namespace troupe
