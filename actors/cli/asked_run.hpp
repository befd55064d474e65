#pragma once

#include "actors/cli/found_plan.hpp"
#include "actors/cli/run_plan.hpp"

#include <optional>

namespace troupe {

/// A run as the command line asks for it, before it is made ready.
struct asked_run {
  found_plan found;
  run_request request;
  /// To be kept until the run has been shown.
  open_outputs outputs;
};

/// Reads what the command line names and takes the state folder. Absent after
/// saying what is wrong.
std::optional<asked_run> read_asked(const run_options& given,
                                    command_line& line);

/// Makes a run of it, by `request`, which need not be its own. Absent after
/// saying what is wrong.
std::optional<prepared_run> prepare_asked(found_plan& found,
                                          const run_request& request,
                                          const run_options& given,
                                          command_line& line);

/// Has all hosts of a playbook play, unless the run is that of one of them.
void conduct_if_asked(prepared_run& what, const run_options& given);

/// Tells what is strange about a run before it begins.
void tell_before(const prepared_run& what, const run_options& given,
                 command_line& line);

} // namespace troupe
