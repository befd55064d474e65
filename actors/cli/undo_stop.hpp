#pragma once

#include "actors/exit_code.hpp"
#include "platform/output.hpp"
#include "platform/signals.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace troupe {

/// As long as it lives, the first signal that ends programs lets an undo stop
/// in order, after the change at hand; a second one ends the program at once.
/// Make it before any thread.
class undo_stop {
public:
  /// `err`: where it says that it has heard one.
  explicit undo_stop(std::shared_ptr<output> err);

  /// How the program is to end, once a signal has come.
  std::optional<exit_code> asked() const;

private:
  using clock = std::chrono::steady_clock;

  void hear(signal_request what);

  std::shared_ptr<output> err_;
  // 0: none has come.
  std::atomic<int> status_{0};
  // Only used by the thread that hears of signals.
  std::optional<clock::time_point> first_;
  // Last: it ends before the rest.
  signal_watch watch_;
};

} // namespace troupe
