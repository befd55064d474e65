#pragma once

#include "actors/run/services.hpp"
#include "actors/run/task_result.hpp"

namespace troupe {

/// The services of tasks of a role: theirs when they have them already or
/// there is no role, otherwise a copy with its names and search path.
services_ptr services_in(const role_ptr& role, services_ptr around);

/// The services of tasks that stand in a file of this folder, which takes the
/// place of the one around it where they look for files. Those around it when
/// it is empty or the same.
services_ptr services_beside(const std::string& folder, services_ptr around);

/// The services of a play of a playbook: of one that was imported they are in
/// its folder, as if it had been begun with.
services_ptr services_of_play(const play& what, services_ptr around);

/// Whether the role whose tasks run in this context has run before in its play
/// and need not run again.
bool role_has_run(const run_context& ctx);

/// A task of this context has ended; one that was passed over does not make
/// its role one that has run.
void note_task_end(const run_context& ctx, const task& what,
                   const task_result& result);

/// The tasks of this role, and of those that it needs, have ended well.
void note_role_end(const run_context& ctx, const role_ptr& role);

} // namespace troupe
