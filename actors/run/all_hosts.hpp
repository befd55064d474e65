#pragma once

#include "actors/run/task_scope.hpp"
#include "config/plan/keywords.hpp"
#include "modules/module.hpp"

namespace troupe {

/// A task where it begins, as far as its own host knows.
struct placed_task {
  context_ptr ctx;
  /// With what the task itself says.
  scope_ptr scope;
  const task& what;
  const known_names& names;
};

/// Whether a keyword says yes there, templates evaluated; no where that fails
/// or would have to wait.
bool says_yes(any_keyword which, const placed_task& at);

/// Whether one host does the task for all: `run_once`, and what concerns all
/// hosts by what it is.
bool is_for_all(const placed_task& at);

} // namespace troupe
