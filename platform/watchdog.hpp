#pragma once

namespace troupe {

/// A process of its own that outlives this one by a moment: when this process
/// is killed, it ends every process that this one had started for a task,
/// first with TERM, 2 s later with KILL. It recognises them by the entry in
/// their environment that `process_runner` gives them. Make it before any
/// task runs; without the means to make one (no more processes) runs go on
/// unwatched.
class watchdog {
public:
  watchdog();
  /// Lets the watchdog go: this process has ended its tasks itself.
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// Whether somebody watches.
  bool watching() const {
    return pipe_ >= 0;
  }

private:
  int pipe_ = -1;
};

} // namespace troupe
