#pragma once

#include "actors/cli/asked_run.hpp"
#include "actors/cli/command_line.hpp"
#include "actors/simulate/simulation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What `troupe simulate` is asked for.
struct simulate_options {
  run_options run;
  std::optional<unsigned> hosts;
  std::optional<unsigned> sample;
  std::vector<std::string> profiles;
  std::string seed;
  std::vector<std::string> fails;
  std::string unreachable;
  std::string latency;
  std::vector<std::string> behaviours;
  std::string unknown = "succeed";
  std::string output = "text";

  void add_to(option_list& to);
};

/// Says which hosts there are; false after saying what is wrong.
bool choose_hosts(const simulate_options& given, asked_run& asked,
                  simulation_setting& to, command_line& line);

/// Reads what fails, and how far hosts are; false after saying what is wrong.
bool read_fates(const simulate_options& given, fleet_setting& to,
                command_line& line);

/// False after saying what is wrong: `--fail` names a task that there is not.
bool has_known_fates(const simulate_options& given, const plan& p,
                     command_line& line);

/// Warns of names of `--fail` that no task had, of a plan whose tasks are known
/// only now.
void warn_of_fates(const simulate_options& given, const simulation_tally& tally,
                   command_line& line);

} // namespace troupe
