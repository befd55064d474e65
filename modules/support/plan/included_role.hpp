#pragma once

#include "config/plan/plan.hpp"

#include <string>
#include <vector>

namespace troupe {

class host;

/// A role that a task includes when it runs, as far as it is known before.
struct included_role {
  role_frame frame;
  /// Files of its tasks and handlers.
  std::vector<std::string> files;
  /// Names of the roles that it needs.
  std::vector<std::string> needs;
};

/// Reads what a role in the folder `path` has. `tasks_from`: the name of the
/// file of tasks; empty: "main". `folder`: the plan's. What cannot be read is
/// left out: the run says it.
included_role read_included_role(host& machine, const std::string& path,
                                 const std::string& tasks_from,
                                 const std::string& folder);

} // namespace troupe
