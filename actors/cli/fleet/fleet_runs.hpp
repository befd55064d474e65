#pragma once

#include "actors/cli/fleet/fleet_commands.hpp"

namespace troupe {

/// What the subcommands of `troupe fleet` are asked for.
struct fleet_run_options {
  std::string plan;
  std::string hosts;
  std::string key;
  std::string where;
  std::vector<std::string> serial;
  std::string max_fail;
  std::optional<unsigned> parallel;
  std::optional<unsigned> wait;
  std::string host_timeout;
  std::string expires = "1h";
  std::vector<std::string> extra_vars;
  bool check = false;
  bool detach = false;
  bool json = false;
  std::string folder;
  std::string run;
  std::string host;
};

/// Looks whether each name in the pattern of hosts is somebody's, signs a plan,
/// gives it to the controller, and shows how it goes. A
/// controller that goes away is waited for: the run goes on without it.
void run_on_fleet(const fleet_run_options& given, command_line& line);

/// Signs a plan as `run_on_fleet` does, and prints what a controller takes over
/// HTTP. Asks nobody.
void sign_for_fleet(const fleet_run_options& given, command_line& line);

void watch_run(const fleet_run_options& given, command_line& line);
void cancel_run(const fleet_run_options& given, command_line& line);
void list_fleet_runs(const fleet_run_options& given, command_line& line);
void show_fleet_logs(const fleet_run_options& given, command_line& line);

} // namespace troupe
