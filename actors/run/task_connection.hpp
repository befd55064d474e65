#pragma once

#include "actors/run/job.hpp"
#include "actors/run/task_scope.hpp"

#include <memory>
#include <string>

namespace troupe {

/// How the host is reached on which a task of a playbook is done: its own, or
/// the one that it is delegated to (`target`, unless that is empty). Null: it
/// is this one, or the module touches none.
result<std::shared_ptr<const connection_setting>>
connection_of(const task_module& module, std::string target,
              const resolved_keywords& under, const task_variables& names,
              const run_context& ctx, const evaluation_terms& terms);

/// `ansible_become`, `ansible_become_user` and the like win over keywords;
/// those of the host that the task is done on.
result<void> become_by_names(job& to, std::string target,
                             const task_variables& names,
                             const run_context& ctx,
                             const evaluation_terms& terms);

} // namespace troupe
