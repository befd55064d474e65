#pragma once

#include "config/plan/plan.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// A number for what a task does: its module, arguments, loop, conditions and
/// keywords as they are written. Two tasks of one number do the same; a run
/// that is gone on with knows by it whether a task is still the one that ended.
/// Its name, place, tags and handlers, and how often it is tried, do not count.
/// Never 0.
uint64_t definition_of(const task& what);

/// A number for values, beside which another one is kept: the items of a loop,
/// what an inclusion gives to its tasks.
uint64_t mixed_with(uint64_t definition, const value& what);
uint64_t mixed_with(uint64_t definition, uint64_t other);

/// Which tasks stand where, and under what: the SHA-256, in hex, of the ids,
/// names and modules of all tasks and handlers in their order, and of what
/// plays, blocks and roles around them say, after "tasks:". While it is the
/// same, what is known of a task by its id is known of the same task, even if
/// its own arguments were put right since. Streamed tasks are left out.
std::string shape_of(const plan& what);

/// For which hosts its plays are, as far as that is known before the run: a
/// SHA-256 in hex, after "hosts:".
std::string hosts_of(const plan& what);

} // namespace troupe
