#pragma once

#include "actors/cli/command_line.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// Passes signals on to the run while there is one.
class signal_relay {
public:
  explicit signal_relay(command_line& line) : line_{line} {
  }

  void attach(run_handle* run) {
    std::lock_guard guard{mutex_};
    run_ = run;
    if (run_ && early_)
      run_->cancel(*early_);
  }

  void operator()(signal_request what) {
    std::lock_guard guard{mutex_};
    if (what == signal_request::report) {
      if (auto now = run_ ? run_->query() : nullptr)
        line_.err->write("troupe: " + describe(*now) + "\n");
      return;
    }
    auto reason = what == signal_request::interrupt ? cancel_reason::interrupted
                                                    : cancel_reason::terminated;
    if (signals_++ > 0)
      end_at_once(reason == cancel_reason::interrupted ? 130 : 143);
    line_.err->write("troupe: stopping; a second signal ends at once\n");
    if (run_)
      run_->cancel(reason);
    else
      early_ = reason;
  }

private:
  command_line& line_;
  std::mutex mutex_;
  run_handle* run_ = nullptr;
  std::optional<cancel_reason> early_;
  int signals_ = 0;
};

} // namespace troupe
