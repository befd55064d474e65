#pragma once

#include "actors/messages.hpp"
#include "actors/run/run_context.hpp"

#include <memory>
#include <string>

namespace troupe {

/// The name of the engine's own module that undoes what one task changed in
/// files; no plan can use it.
inline constexpr const char* undo_module_name = "undo";

/// What the ids of the tasks of a rollback begin with.
inline constexpr const char* rollback_prefix = "rollback:";

/// What has to run in order to take back what a play did, the last task first:
/// for each task that changed something its `rollback` list and what the undo
/// log has of it.
block rollback_steps(const play& what, const run_snapshot& now,
                     const run_context& ctx);

/// The module behind `undo_module_name`; reads the journal in `run_folder`.
std::shared_ptr<const task_module> make_undo_module(std::string run_folder);

} // namespace troupe
