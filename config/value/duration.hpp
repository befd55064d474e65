#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <string>

namespace troupe {

/// No duration is longer: 100 years, so that adding one to a clock cannot
/// overflow.
constexpr int64_t longest_seconds = int64_t{100} * 365 * 24 * 3600;

/// Reads a duration: whole or fractional seconds, `{"secs": 1, "nanos": 5}`,
/// or text such as "90", "1m30s", "250ms", "2h". Never negative, at most
/// `longest_seconds`.
result<std::chrono::nanoseconds> parse_duration(const value& x);

/// "250ms", "1.5s", "1m30s": short enough for a report line.
std::string format_duration(std::chrono::nanoseconds x);

} // namespace troupe
