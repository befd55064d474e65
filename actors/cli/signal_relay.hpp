#pragma once

#include "actors/cli/command_line.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace troupe {

inline std::string describe(const run_snapshot& now) {
  auto& c = now.counts;
  return fmt::format(
    "{} of {} tasks ended ({} changed, {} failed, {} "
    "skipped); running: {}",
    c.ended(), c.total, c.changed, c.failed + c.timeout, c.skipped,
    now.running.empty() ? "none"
                        : fmt::format("{}", fmt::join(now.running, ", ")));
}

/// Passes signals on to the run, when there is one.
class signal_relay {
public:
  explicit signal_relay(command_line& line) : line_{line} {
  }

  void attach(std::shared_ptr<run_handle> run) {
    std::lock_guard guard{mutex_};
    run_ = std::move(run);
    if (early_)
      run_->cancel(*early_);
    if (asked_early_)
      ask();
  }

  /// Never waits: a second signal ends the program whatever else goes on.
  void operator()(signal_request what) {
    if (what == signal_request::report) {
      report();
      return;
    }
    auto reason = what == signal_request::interrupt ? cancel_reason::interrupted
                                                    : cancel_reason::terminated;
    if (signals_++ > 0)
      end_at_once(reason == cancel_reason::interrupted ? 130 : 143);
    std::lock_guard guard{mutex_};
    if (run_)
      run_->cancel(reason);
    else
      early_ = reason;
    // Last, as nobody may be reading.
    line_.err->write("troupe: stopping; a second signal ends at once\n");
  }

private:
  void report() {
    std::lock_guard guard{mutex_};
    if (run_)
      ask();
    else
      asked_early_ = true;
  }

  void ask() {
    run_->query([err = line_.err](const run_snapshot& now) {
      err->write("troupe: " + describe(now) + "\n");
    });
  }

  command_line& line_;
  std::mutex mutex_;
  std::shared_ptr<run_handle> run_;
  // What was wanted before there was a run.
  std::optional<cancel_reason> early_;
  bool asked_early_ = false;
  std::atomic<int> signals_ = 0;
};

} // namespace troupe
