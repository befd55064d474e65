#pragma once

#include "actors/events.hpp"
#include "actors/exit_code.hpp"

namespace troupe {

/// How the program ends after a run. `told`: whether what would change is an
/// exit code of its own.
exit_code code_for(const run_outcome& outcome, bool told);

} // namespace troupe
