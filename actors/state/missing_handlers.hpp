#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "modules/support/plan/plan_modules.hpp"

namespace troupe {

/// Names in `notify` of a playbook's tasks and blocks that no handler of their
/// play has, each with its place and the nearest name; the first 100 of the
/// plan. Plays in which something is included only when the run is under way
/// are passed over, as that may bring the handler, and so are names and
/// handlers that are templates.
problems missing_handlers(const plan& p, const module_table& modules);

} // namespace troupe
