#pragma once

#include "actors/events.hpp"
#include "actors/exit_code.hpp"

namespace troupe {

/// How the program ends after a run. `would_change`: something would or may
/// change, and that is to be an exit code of its own.
exit_code code_for(const run_outcome& outcome, bool would_change = false);

} // namespace troupe
