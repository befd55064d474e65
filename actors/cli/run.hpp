#pragma once

#include "actors/cli/command_line.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// How a plan is run: the options of `troupe run` and of a packed runner.
struct run_options {
  plan_choice choice;
  std::optional<unsigned> parallel;
  bool sequential = false;
  bool check = false;
  bool diff = false;
  bool detailed_exitcode = false;
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;
  std::string policy;
  std::string output = "text";
  std::string report;
  std::string junit;
  std::string state_dir;
  bool quiet = false;
};

/// Adds all options but PLAN.
void add_run_options(option_list& to, run_options& given, command_line& line);

/// Runs the plan to its end; `line.code` says how it ended.
void run_plan(const run_options& given, command_line& line);

} // namespace troupe
