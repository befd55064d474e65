#pragma once

namespace troupe {

/// Gives threads that are made from now on stacks of at least a megabyte, in
/// the whole process. The C library may have less in mind, and so may a limit
/// (`ulimit -s`); what lies inside one another in a plan needs half of it.
void widen_thread_stacks();

} // namespace troupe
