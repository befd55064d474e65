#pragma once

#include <functional>
#include <optional>
#include <stop_token>

namespace troupe {

/// A descriptor that polls readable once stop was requested, for the life of
/// this object; one at a time on each thread.
class stop_wake {
public:
  explicit stop_wake(const std::stop_token& stop);

  /// -1 when nobody can request stop.
  int fd() const {
    return fd_;
  }

private:
  int fd_ = -1;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

} // namespace troupe
