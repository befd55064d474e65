#pragma once

#include "config/plan/plan.hpp"
#include "config/playbook/role_files.hpp"

#include <string>
#include <vector>

namespace troupe {

class host;
class known_values;

/// A role that a task includes when it runs, as far as it is known before.
struct included_role {
  role_frame frame;
  /// Files of its tasks and handlers.
  std::vector<std::string> files;
  /// Names of the roles that it needs.
  std::vector<std::string> needs;
};

/// Which files of a role a task names in its arguments, as far as that is
/// known; the usual ones otherwise.
role_choice choice_in(const dict& args, known_values& values);

/// What a role in the folder `path` has of the files that are chosen. `folder`:
/// the plan's. What cannot be read is left out: the run says it.
included_role look_at_role(host& machine, const std::string& path,
                           const role_choice& choice,
                           const std::string& folder);

} // namespace troupe
