#pragma once

#include <chrono>

namespace troupe {

/// Time as a module sees it; simulated hosts have their own.
class clock_source {
public:
  virtual ~clock_source() = default;

  virtual std::chrono::system_clock::time_point now() = 0;
  virtual std::chrono::steady_clock::time_point steady_now() = 0;

  /// Waits; returns early when `wake` says so. Only modules that wait for the
  /// outside (`wait_for`, `pause`) use it.
  virtual void sleep(std::chrono::nanoseconds duration) = 0;
};

} // namespace troupe
