#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/run_views.hpp"

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

  /// Adds what `run` and `resume` share.
  void add_to(option_list& to);
};

/// What `run` and `resume` are asked for.
struct run_options {
  plan_choice choice;
  view_options view;
  state_options state;
  bool no_state = false;
  resume_options going_on;
  std::optional<unsigned> parallel;
  bool sequential = false;
  bool check = false;
  bool diff = false;
  bool detailed_exitcode = false;
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;
  std::string policy;

  /// Adds everything but PLAN and `-v`.
  void add_to(option_list& to);
};

/// What of the options a journal keeps, so that `resume` can ask for the same
/// run again; and back. Paths become absolute. A file of variables is kept by
/// its name, not by what is in it.
dict to_command(const run_options& given, host& machine);
run_options from_command(const dict& command);

/// Runs a plan, or goes on with a run.
void run_plan(const run_options& given, command_line& line);

} // namespace troupe
