#pragma once

#include <chrono>
#include <ctime>

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

  /// Waits; returns early when `wake` says so. Only modules that wait for the
  /// outside (`wait_for`, `pause`) use it.
  virtual void sleep(std::chrono::nanoseconds duration) = 0;
};

} // namespace troupe
