#include "actors/fleet/sole_holder.hpp"

namespace troupe {

namespace {

constexpr std::chrono::seconds holder_patience{5};
constexpr std::chrono::milliseconds holder_pause{50};

} // namespace

result<std::unique_ptr<file_lock>> hold_alone(clock_source& clock,
                                              const std::string& folder,
                                              const std::string& what) {
  auto until = clock.steady_now() + holder_patience;
  for (;;) {
    auto lock = file_lock::take(folder + "/lock", {0, what});
    if (lock || lock.why().code != errc::exhausted)
      return lock;
    if (clock.steady_now() >= until)
      return error{errc::exhausted,
                   "another " + what + " runs in '" + folder + "'"};
    static_cast<void>(clock.sleep_until(clock.steady_now() + holder_pause, {}));
  }
}

} // namespace troupe
