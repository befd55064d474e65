#pragma once

#include "platform/clock.hpp"

#include <mutex>

namespace troupe {

/// Time that stands still until someone sleeps or moves it, in UTC. Those who
/// sleep at once until the same moment sleep side by side.
class simulated_clock final : public clock_source {
public:
  std::chrono::system_clock::time_point now() override;
  std::chrono::steady_clock::time_point steady_now() override;

  std::tm local_time(std::time_t when) override;
  std::time_t from_local_time(std::tm fields) override;

  /// Returns at once; the time has come.
  bool sleep_until(std::chrono::steady_clock::time_point end,
                   std::stop_token stop) override;

  /// Moves the time on.
  void advance(std::chrono::nanoseconds duration);

  /// Sets how much time has passed since the beginning, also back: for a stage
  /// on which many hosts share this clock and act one after another what
  /// happens at the same time.
  void set(std::chrono::nanoseconds passed);
  std::chrono::nanoseconds passed();

private:
  std::mutex lock_;
  std::chrono::nanoseconds passed_{};
};

} // namespace troupe
