#pragma once

#include "actors/run/task_scope.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What Ansible warns of in the conditions of a task, in its words: those that
/// are templates, though they are expressions already.
std::vector<std::string> remarks_on_conditions(const task& t,
                                               const task_scope& scope);

} // namespace troupe
