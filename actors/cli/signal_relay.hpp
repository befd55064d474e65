#pragma once

#include "actors/cli/command_line.hpp"
#include "platform/signals.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace troupe {

/// Passes signals on to the run, when there is one. The first one that ends
/// the run lets what runs end; a second one ends the program at once.
class signal_relay {
public:
  explicit signal_relay(command_line& line) : err_{line.err} {
  }

  /// What is said from now on goes there.
  void speak_through(std::shared_ptr<output> err);

  /// From here on tasks may run, or a person is asked: until then, a signal
  /// ends the program at once.
  void begin();

  void attach(std::shared_ptr<run_handle> run);

  /// Never waits for long: a second signal ends the program whatever else goes
  /// on, also when nobody reads what the first one had it say.
  void operator()(signal_request what);

private:
  using clock = std::chrono::steady_clock;

  void report();
  void ask();
  /// A second signal so soon after the first that nobody has meant it as one,
  /// like that of `timeout`, which sends each to the program and to its group.
  void end_soon(int status);

  std::mutex mutex_;
  std::shared_ptr<output> err_;
  std::shared_ptr<run_handle> run_;
  bool begun_ = false;
  // What was wanted before there was a run.
  std::optional<cancel_reason> early_;
  bool asked_early_ = false;
  // Only used by the thread that hears of signals.
  std::optional<clock::time_point> first_;
  // Last: it ends before the rest.
  std::jthread ending_;
};

} // namespace troupe
