#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"

namespace troupe {

/// Reads `when` and `conditions` of every plan shape.
std::vector<condition> read_conditions(fields& in);

/// Adds what `hosts` (a list) or `target_hosts` (`"All"`, `{"Hosts": []}`,
/// `{"Groups": []}`, `{"Expression": ""}`) says. An empty list and "All" mean
/// this host.
void add_host_condition(std::vector<condition>& to, const value& hosts,
                        input_file& file);

} // namespace troupe
