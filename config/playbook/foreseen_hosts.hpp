#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <set>
#include <string>

namespace troupe {

/// The folders whose group_vars and host_vars count in some of the plays: those
/// of the playbook and of all that it imports.
std::set<std::string> playbook_folders(const plan& p);

/// Adds to `out` why files of variables of hosts that the plays are for cannot
/// be read: the run would lose these hosts in its midst. Hosts that are only
/// known when a play begins are not looked at.
void check_files_of_hosts(const plan& p, const playbook_setting& with,
                          problems& out);

/// Adds a warning to `p` for each pattern of its plays that no host and no
/// group matches, with the nearest name; none where tasks add hosts or groups,
/// as then only the run knows. The plays have which were told.
void warn_of_unmatched(plan& p, const playbook_setting& with);

} // namespace troupe
