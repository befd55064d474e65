#pragma once

#include "actors/state/run_past.hpp"
#include "config/value/value.hpp"
#include "platform/host.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

struct run_options;

/// What of the options a journal keeps, so that `resume` can ask for the same
/// run again; and back. Paths become absolute. A file of variables is kept by
/// its name, not by what is in it.
std::vector<std::string> kept_vars(const std::vector<std::string>& given,
                                   host& machine);
dict to_command(const run_options& given, host& machine);
run_options from_command(const dict& command);

/// The file that the run had Ansible's settings from, empty: none; absent: an
/// older version has kept nothing of it.
std::optional<std::string> settings_file_of(const dict& command);

/// The run's plan from the root on; what came through standard input, and what
/// a program brought along, goes by its name.
std::string plan_path_of(const run_past& past);

/// As it was named when the run began, where that means the same in the present
/// folder; else as above.
std::string plan_from_here(const run_past& past, host& machine);

/// Whether it is the run of one task that was typed (`troupe do`).
bool is_single(const dict& command);

} // namespace troupe
