#pragma once

#include "platform/clock.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// `time` in the zone of a host's clock, by a format of strftime(3).
std::string local_time(clock_source& clock,
                       std::chrono::system_clock::time_point time,
                       const char* format);

/// The same in UTC.
std::string utc_time(std::chrono::system_clock::time_point time,
                     const char* format);

/// "2024-01-31 08:15:59.123456", as results show when a command ran.
std::string precise_time(clock_source& clock,
                         std::chrono::system_clock::time_point time);

/// "0:00:01.000123", as results show how long it took.
std::string format_delta(std::chrono::nanoseconds duration);

/// Seconds since the epoch of a time in the zone of a host's clock, by a format
/// of strptime(3); absent when `text` does not have it.
std::optional<double> parse_local_time(clock_source& clock,
                                       const std::string& text,
                                       const std::string& format);

} // namespace troupe
