#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <string>

namespace troupe {

/// Reads a duration: whole or fractional seconds, `{"secs": 1, "nanos": 5}`,
/// or text such as "90", "1m30s", "250ms", "2h". Never negative; at most
/// 100 years, so that adding one to a clock cannot overflow.
result<std::chrono::nanoseconds> parse_duration(const value& x);

/// "250ms", "1.5s", "1m30s": short enough for a report line.
std::string format_duration(std::chrono::nanoseconds x);

} // namespace troupe
