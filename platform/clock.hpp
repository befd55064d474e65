#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stop_token>

namespace troupe {

/// Time as a module sees it; simulated hosts have their own.
class clock_source {
public:
  virtual ~clock_source() = default;

  virtual std::chrono::system_clock::time_point now() = 0;
  virtual std::chrono::steady_clock::time_point steady_now() = 0;

  /// The calendar of a moment (seconds since the epoch) in the time zone of
  /// this machine, and the moment that such a calendar means.
  virtual std::tm local_time(std::time_t when) = 0;
  virtual std::time_t from_local_time(std::tm fields) = 0;

  /// Waits until a moment has come; false when `stop` was requested before.
  virtual bool sleep_until(std::chrono::steady_clock::time_point end,
                           std::stop_token stop)
    = 0;
};

/// How long something may wait: until a moment of the host's steady clock, or
/// until stop is requested.
struct wait_limit {
  std::chrono::steady_clock::time_point until;
  std::stop_token stop = {};

  /// The same, but not beyond `other`.
  wait_limit at_most(std::chrono::steady_clock::time_point other) const {
    return {std::min(until, other), stop};
  }
};

/// A moment, or the last one there is when it lies beyond.
inline std::chrono::steady_clock::time_point
later(std::chrono::steady_clock::time_point from,
      std::chrono::nanoseconds duration) {
  auto last = std::chrono::steady_clock::time_point::max();
  return duration > last - from ? last : from + duration;
}

} // namespace troupe
