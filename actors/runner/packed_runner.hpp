#pragma once

#include "actors/cli/run_plan.hpp"
#include "config/payload/payload.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a packed runner is asked for besides the options of a run.
struct runner_options {
  run_options run;
  bool info = false;
  bool list = false;
  bool verify = false;
  bool version = false;
  bool help = false;
  /// Folder to unpack into.
  std::string extract;
  /// Files with public keys, one of which must have signed the runner.
  std::vector<std::string> trusted;
};

void add_runner_options(option_list& to, runner_options& given,
                        command_line& line);

/// Verifies the runner `path` and does what was asked; `line.code` says how it
/// ended.
void use_runner(const std::string& path, const runner_options& given,
                command_line& line);

/// What `--info` and `--list` print.
std::string describe(const payload& what);
std::string list_members(const payload& what);

/// The keys of these files and of all in /etc/troupe/trust.d.
result<std::vector<std::string>>
read_trusted_keys(host& machine, const std::vector<std::string>& files);

} // namespace troupe
