#pragma once

#include "actors/report/ansible_words.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/report/palette.hpp"
#include "platform/output.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Tells a run word for word as ansible-playbook's default callback does, with
/// its way of counting, for what reads that.
class ansible_writer final : public event_writer {
public:
  struct options {
    palette colours{false};
    int verbosity = 0;
    bool diff = false;
    unsigned columns = 79;
    size_t plays = 0;
    /// Of each play whether this host is not among its hosts.
    std::vector<bool> elsewhere;
    /// `display_ok_hosts`, `display_skipped_hosts`, `display_failed_stderr`.
    bool shows_ok = true;
    bool shows_skipped = true;
    bool failures_aside = false;
    /// Where the settings were read; empty: nowhere.
    std::string settings_file;
    /// `show_task_path_on_failure`.
    bool task_paths = false;
    /// `check_mode_markers`, and whether the whole run is a check.
    bool marks_checks = false;
    bool check_mode = false;
    /// What names of files are relative to.
    std::string folder;
    ansible_form form;
  };

  ansible_writer(std::shared_ptr<output> out, std::shared_ptr<output> err,
                 options how)
      : out_{std::move(out)}, err_{std::move(err)}, how_{std::move(how)} {
  }

  void on(const run_event& event) override;

private:
  struct counts {
    uint64_t ok = 0;
    uint64_t changed = 0;
    uint64_t unreachable = 0;
    uint64_t failed = 0;
    uint64_t skipped = 0;
    uint64_t rescued = 0;
    uint64_t ignored = 0;
  };

  void show(const run_started& what, const run_event& event);
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const tasks_included& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  void show(const run_ended& what, const run_event& event);

  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  void banner(const std::string& words);
  void print(const std::string& line);
  /// A warning, once in a run, in lines of the width of the terminal.
  void warn(const std::string& words);
  /// A failure, where those are told.
  void print_failure(const std::string& line);
  /// Whether what ended so is told at all.
  bool shows(bool failed, bool skipped, bool changed) const;
  bool shows_some(const task_result& result) const;
  void head(const std::string& id, const std::string& name, bool handler);
  void count(const task_result& result, const std::string& host);
  void show(const hosts_exhausted& what, const run_event& event);
  void show_items(const task_result& result, const std::string& host);
  void show_one(const task_result& result, const std::string& host);
  /// How the jobs ended that the task waited for.
  void show_jobs(const task_result& result, const std::string& host);
  void show_task_path(const task_result& result);
  void print_difference(const value& diff);
  /// Tells of the inclusion that waits for more hosts.
  void tell_included();
  std::string dump(const value& output, bool indented) const;
  bool tells_all(const task_result& result, const value& output) const;
  std::string paint(const task_result& result, const std::string& text) const;

  std::shared_ptr<output> out_;
  std::shared_ptr<output> err_;
  options how_;
  std::string headed_;
  size_t plays_ = 0;
  // The hosts of the play go on at their own pace.
  bool free_ = false;
  // Of each host that did something.
  std::map<std::string, counts> counts_;
  // The first of them.
  std::set<std::string> warned_;
  // Tasks of the play in check mode, where those are marked.
  std::set<std::string> checked_;
  // What these hosts have included together, until something else is told; no
  // hosts: nothing.
  tasks_included included_;
  std::vector<std::string> included_for_;
};

} // namespace troupe
