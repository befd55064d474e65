#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/host_options.hpp"
#include "actors/cli/run_views.hpp"
#include "config/plan/task_choice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Where state is kept, for the subcommands that have to do with it.
struct state_options {
  std::string folder;

  /// Adds `--state-dir`.
  void add_to(option_list& to);

  /// The folder that was given, or the usual one. Empty when there is none.
  std::string path(host& machine) const;

  /// How to say it on a command line; empty for the usual folder.
  std::string argument(host& machine) const;
};

/// How a run is gone on with.
struct resume_options {
  /// Go on with the newest unfinished run of the plan.
  bool newest = false;
  /// Go on with this run.
  std::string run;
  bool rerun_failed = false;
  std::string on_unknown = "fail";
  bool wait_lock = false;
  /// Variables that this process adds to those of the run.
  std::vector<std::string> added_vars;

  /// Adds what `run` and `resume` share.
  void add_to(option_list& to);
  /// Adds `--wait-lock`.
  void add_lock_to(option_list& to);
};

/// What to say of a plan instead of running it.
struct plan_look {
  bool syntax = false;
  bool tasks = false;
  bool tags = false;
  bool hosts = false;
  /// As ansible-playbook says it.
  bool as_ansible = false;
  /// With `syntax`: looks at what belongs to the plan as well; null: it does
  /// not.
  bool (*deeper)(const prepared_run&, std::string_view, command_line&)
    = nullptr;

  bool wanted() const {
    return syntax || tasks || tags || hosts;
  }

  /// Adds `--syntax-check`, `--list-hosts`, `--list-tasks` and `--list-tags`.
  void add_to(option_list& to);
};

/// What `run` and `resume` are asked for.
struct run_options {
  plan_choice choice;
  view_options view;
  state_options state;
  host_options hosts;
  bool no_state = false;
  resume_options going_on;
  std::optional<unsigned> parallel;
  bool sequential = false;
  bool check = false;
  bool diff = false;
  bool detailed_exitcode = false;
  /// Show what would change, and ask before it is done.
  bool confirm = false;
  /// Ask before each task.
  bool step = false;
  task_choice tasks;
  std::string policy;
  /// Where the controller is that hears of the run; empty: settings say.
  std::string controller;
  bool require_controller = false;
  /// The folder of this host's membership; empty: the usual one.
  std::string membership;
  plan_look look;
  /// What to run instead of PLAN, which then is `-`, and what it is called.
  std::shared_ptr<const made_plan> made;
  std::string called;
  /// Says what else is strange before a run begins; null: nothing more.
  void (*look_closer)(const prepared_run&, command_line&) = nullptr;

  /// Adds what a run of one task takes: `--check`, `--diff` and so on.
  void add_shared_to(option_list& to);
  /// Adds everything but PLAN and `-v`.
  void add_to(option_list& to);
};

/// "ok", "failed", "running", or "died". `is_held`: somebody holds the lock of
/// the state folder.
std::string state_of(const run_past& past, bool is_newest, bool is_held);

/// Whether the files are valid that the plan imports; false after saying what
/// is wrong with them. `text`: what stands in the plan; may be empty.
bool has_valid_imports(const prepared_run& what, std::string_view text,
                       command_line& line);

/// Warns of names in the file of Ansible's settings that are nearly those of
/// settings, or stand in the wrong section.
void warn_of_misspelt_settings(const prepared_run& what, command_line& line);

/// The same, and of variables of the command line that nothing reads and whose
/// names are nearly those of variables that the plan declares.
void warn_of_misspelt_names(const prepared_run& what, command_line& line);

/// Runs a plan, or goes on with a run.
void run_plan(const run_options& given, command_line& line);

} // namespace troupe
