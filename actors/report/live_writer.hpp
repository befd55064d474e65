#pragma once

#include "actors/report/change_summary.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/report/result_text.hpp"
#include "actors/run/output_board.hpp"
#include "platform/output.hpp"
#include "platform/terminal.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A view for people at a terminal: results scroll by above a few lines with
/// what runs now and prints, a bar, the rate and the counts. The key `o` shows
/// more of what the first running task has printed, then of the next, then
/// none.
class live_writer final : public event_writer {
public:
  /// `dry`: nothing is changed, and what would be is said at the end. `board`
  /// is where running tasks print and `keys` where keys are pressed; both may
  /// be null.
  live_writer(std::shared_ptr<output> to, result_style how,
              std::chrono::milliseconds interval, bool dry = false,
              std::shared_ptr<output_board> board = nullptr,
              std::unique_ptr<key_source> keys = nullptr);

  void on(const run_event& event) override;
  void refresh() override;
  std::chrono::milliseconds interval() const override;
  void finish() override;

  /// Writes what others have to say at once, on the terminal of this view, and
  /// not into its status, which is drawn anew below. From any thread.
  void interject(output& to, std::string_view words);

private:
  using clock = std::chrono::steady_clock;

  struct running {
    std::string name;
    clock::time_point since;
    unsigned attempt = 1;
  };

  void show(const run_started& what, const run_event& event);
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const hosts_exhausted& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const task_rescued& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  void show(const run_ended& what, const run_event& event);

  /// Other kinds are not shown.
  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  using running_map = std::map<running_task, running>;

  /// The name, unless the result above is of the same task.
  std::string heading_of(const task_result& result);
  std::vector<std::string> status_lines() const;
  /// Those of a line of the status.
  size_t columns() const;
  /// What runs, a line for each task, as many as there is room for.
  std::vector<std::string> running_lines(size_t room) const;
  /// One running task, in a line.
  std::string line_of(const running_task& task, const running& what) const;
  /// A task that runs on several hosts.
  std::string
  line_of(const std::vector<running_map::const_iterator>& hosts) const;
  /// What the task that is looked at has printed, as far as there is room.
  std::vector<std::string> looked_at_lines(size_t room) const;
  void take_keys();
  void look_at_next();
  std::string bar(size_t width) const;
  /// What takes the status off the terminal; nothing when there is none.
  std::string cleared_status();
  void draw(bool with_status);

  std::shared_ptr<output> to_;
  result_style how_;
  std::chrono::milliseconds interval_;
  bool dry_;
  std::shared_ptr<output_board> board_;
  std::unique_ptr<key_source> keys_;
  // The running task of which more is shown; with an empty id: none.
  running_task looked_at_;
  change_summary summary_;
  running_map running_;
  // Tasks that were shown as failed and may be rescued.
  std::set<running_task> rescuing_;
  struct {
    // The host of the first task, and whether there are others.
    std::string first_host;
    bool many_hosts = false;
    // The task whose name was printed last.
    std::string headed;
    // That the play has ended for all its hosts is said.
    bool exhausted = false;
    run_counts counts;
  } seen_;
  clock::time_point begun_ = clock::now();
  // Lines that wait to be printed above the status.
  std::string pending_;
  // Held while the terminal is written to.
  std::mutex drawing_;
  size_t drawn_ = 0;
};

/// What is printed among the lines of a live view on the same terminal.
class live_aside final : public output {
public:
  live_aside(std::shared_ptr<output> to, std::shared_ptr<live_writer> view)
      : output{stream::err}, to_{std::move(to)}, view_{std::move(view)} {
  }

  void write(std::string_view bytes) override {
    view_->interject(*to_, bytes);
  }

  std::optional<error> failure() const override {
    return to_->failure();
  }

private:
  std::shared_ptr<output> to_;
  std::shared_ptr<live_writer> view_;
};

} // namespace troupe
