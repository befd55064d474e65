#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/playbook/role_files.hpp"

#include <string>
#include <vector>

namespace troupe {

// What a run that is under way reads of a playbook.

/// Tasks that a run has come to.
struct included_tasks {
  std::vector<node> tasks;
  std::vector<std::string> module_folders;
  /// The files that were read.
  std::vector<std::string> files;
};

/// The tasks of a document that stands in `path`, for `around`, the role that
/// includes them (null: none). `folder`: the playbook's.
included_tasks read_included_tasks(const value& document,
                                   const std::string& path,
                                   const role_ptr& around,
                                   const std::string& folder,
                                   const playbook_setting& with, problems& out);

/// The tasks of a role, with those of the roles that it needs.
included_tasks read_included_role(const role_choice& what,
                                  const role_ptr& around,
                                  const std::string& folder,
                                  const playbook_setting& with, problems& out);

/// The keywords in `apply` of an inclusion around its tasks.
block block_around(std::vector<node> tasks, const value& apply,
                   const std::string& path, problems& out);

} // namespace troupe
