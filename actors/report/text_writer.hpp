#pragma once

#include "actors/report/change_summary.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/report/result_text.hpp"
#include "actors/run/output_board.hpp"
#include "platform/output.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Tells a run as Ansible does: PLAY, TASK, one line a result, PLAY RECAP.
class text_writer final : public event_writer {
public:
  struct options {
    /// Its verbosity: from 2 on also tasks that tags leave out.
    result_style result;
    unsigned columns = any_columns;
    /// What the line of counts may take; programs that read it expect
    /// Ansible's.
    unsigned recap_columns = 200;
    /// Nothing is changed: say so.
    bool dry = false;
    /// The file with Ansible's settings, told with -v; empty: there is none;
    /// absent: they do not count.
    std::optional<std::string> settings_file = std::nullopt;
    /// Only results, without headings and counts.
    bool brief = false;
    /// So many of the slowest tasks are listed at the end.
    size_t profile = 0;
  };

  text_writer(std::shared_ptr<output> to, options how);

  void on(const run_event& event) override;

  bool wants(const run_event&) const override {
    return true;
  }

private:
  void show(const run_started& what, const run_event& event);
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const tasks_included& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const items_ended& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const task_rescued& what, const run_event& event);
  void show(const hosts_exhausted& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  /// The recap.
  void show(const run_ended& what, const run_event& event);

  /// Other kinds are not shown.
  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  void task_header(const std::string& id, const std::string& name,
                   bool handler);
  void heading(const std::string& words);
  void print(const std::string& line);
  void remember(const task_result& result, const std::string& host);
  void show_slowest();

  const palette& colours() const {
    return how_.result.colours;
  }

  std::shared_ptr<output> to_;
  options how_;
  // The task whose heading was printed last.
  std::string headed_;
  bool played_ = false;
  // That the play has ended for all its hosts is said.
  bool exhausted_ = false;
  change_summary summary_;
  std::set<std::string> running_;
  // Inclusions that said what they include: of their tasks each says how it
  // ends.
  std::set<running_task> included_;
  // How many items of loops that go on were shown.
  std::map<running_task, size_t> shown_items_;
  // Tasks that were shown as failed and may be rescued.
  std::set<running_task> rescuing_;
  // The fastest of them first, as a heap has it.
  struct timed {
    std::chrono::nanoseconds took;
    std::string name;
    std::string play;
    std::string host;
  };
  std::vector<timed> slowest_;
};

} // namespace troupe
