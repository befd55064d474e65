#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace troupe {

/// What a signal asks this process to do.
enum class signal_request : unsigned char { interrupt, terminate, report };

/// A second signal so soon is the first one: no person presses a key twice in
/// so short a time, and `timeout` sends each to the program and to its group.
constexpr std::chrono::milliseconds same_signal{50};

/// Delivers INT, TERM, HUP and USR1 as calls on a thread of its own. Make it
/// before any other thread: all threads that start later have them blocked.
/// PIPE is ignored, so that a reader that goes away does not end a run.
class signal_watch {
public:
  explicit signal_watch(std::function<void(signal_request)> on_signal);
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

private:
  void watch();

  std::function<void(signal_request)> on_signal_;
  int stop_ = -1;
  int signals_ = -1;
  std::thread thread_;
};

/// From now on a write beyond the limit for the size of files (`ulimit -f`)
/// fails as any other write does, instead of ending this process.
void take_write_limit_as_error();

/// From now on USR1 does not end this process; commands that run no plan have
/// nothing to report.
void outlive_report_requests();

/// Kills everything this process has started and ends it at once.
[[noreturn]] void end_at_once(int status);

/// Writes "troupe: WORDS" on standard error and ends this process at once.
/// Needs no memory.
[[noreturn]] void end_with_words(const char* words, int status) noexcept;

} // namespace troupe
