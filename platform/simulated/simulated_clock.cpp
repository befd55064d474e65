#include "platform/simulated/simulated_clock.hpp"

#include <algorithm>

namespace troupe {

namespace {

// 2024-01-15 10:00:00 UTC, a Monday: every run begins then.
constexpr std::chrono::seconds beginning{1705312800};

} // namespace

std::chrono::system_clock::time_point simulated_clock::now() {
  std::lock_guard guard{lock_};
  return std::chrono::system_clock::time_point{
    std::chrono::duration_cast<std::chrono::system_clock::duration>(beginning
                                                                    + passed_)};
}

std::chrono::steady_clock::time_point simulated_clock::steady_now() {
  std::lock_guard guard{lock_};
  return std::chrono::steady_clock::time_point{} + beginning + passed_;
}

std::tm simulated_clock::local_time(std::time_t when) {
  std::tm out{};
  ::gmtime_r(&when, &out);
  out.tm_zone = "UTC";
  return out;
}

std::time_t simulated_clock::from_local_time(std::tm fields) {
  return ::timegm(&fields);
}

bool simulated_clock::sleep_until(std::chrono::steady_clock::time_point end,
                                  std::stop_token stop) {
  if (stop.stop_requested())
    return false;
  std::lock_guard guard{lock_};
  passed_ = std::max(passed_, end.time_since_epoch() - beginning);
  return true;
}

void simulated_clock::set(std::chrono::nanoseconds passed) {
  std::lock_guard guard{lock_};
  passed_ = passed;
}

std::chrono::nanoseconds simulated_clock::passed() {
  std::lock_guard guard{lock_};
  return passed_;
}

void simulated_clock::advance(std::chrono::nanoseconds duration) {
  sleep_until(later(steady_now(), duration), {});
}

} // namespace troupe
