#pragma once

#include "actors/events.hpp"
#include "actors/report/ansible_results.hpp"
#include "actors/report/ansible_words.hpp"
#include "actors/report/palette.hpp"
#include "config/value/value.hpp"
#include "platform/output.hpp"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// What Ansible's usual view shows, and how.
struct ansible_options {
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
  /// `show_custom_stats`.
  bool shows_stats = false;
  /// What names of files are relative to.
  std::string folder;
  ansible_form form;
};

/// What that view is written on: its two outputs, and what was written there
/// that must not come twice or may still grow. Lines are given without their
/// end, and safe for terminals unless something else is said. That an output
/// cannot be written is its own affair.
class ansible_page {
public:
  /// What is told goes to `out`, warnings to `err`.
  ansible_page(std::shared_ptr<output> out, std::shared_ptr<output> err,
               ansible_options how)
      : out_{std::move(out)}, err_{std::move(err)}, how_{std::move(how)} {
  }

  /// What was asked for.
  const ansible_options& how() const {
    return how_;
  }

  /// One line.
  void print(const std::string& line);

  /// A failure, where those are told.
  void print_failure(const std::string& line);

  /// What is no result, among the warnings; any text.
  void print_error(const std::string& words);

  /// A difference as modules give it, or a list of some; nothing where there is
  /// none.
  void print_difference(const value& diff);

  /// A warning, once in a run, in lines of the width of the terminal; any text.
  void warn(const std::string& words);

  /// A heading, with stars up to the width of the terminal; any text.
  void banner(const std::string& words);

  /// `host` has included a file. It is told when something else is, in one line
  /// for all hosts that did so together.
  void add_inclusion(const tasks_included& what, const std::string& host);

  /// Whether `task` is what included a file last.
  bool included_last(const std::string& task) const {
    return included_.task == task;
  }

  /// Whether what ended so is told at all.
  bool shows(const told_ending& ending) const;

  /// Whether every end is.
  bool shows_every_end() const {
    return how_.shows_ok && how_.shows_skipped;
  }

  /// An output as it stands behind "=>"; `in_lines`: for people.
  std::string words_of(const value& output, bool in_lines) const;

private:
  /// Tells of the inclusion that waits for more hosts.
  void tell_included();

  std::shared_ptr<output> out_;
  std::shared_ptr<output> err_;
  ansible_options how_;
  // The first of the warnings.
  std::set<std::string> warned_;
  // What these hosts have included together, until something else is told; no
  // hosts: nothing.
  tasks_included included_;
  std::vector<std::string> included_for_;
};

} // namespace troupe
