#pragma once

namespace troupe {

class live_calls;

/// Makes a process of its own that outlives this one by a moment: when this
/// process is gone, it ends every process that a call in `live` (null: any
/// call) had started, first with TERM, 2 s later with KILL. It recognises them
/// by their marks. The locks of this process are held until then, and the
/// numbers of what not even KILL ended are written into them. It is no
/// child of this process, as long as this process does not adopt orphans. The
/// descriptor whose closing ends it; -1 when the system had no process or
/// descriptor for it.
int start_watchdog(const live_calls* live);

} // namespace troupe
