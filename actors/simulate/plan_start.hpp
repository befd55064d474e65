#pragma once

#include "actors/engine.hpp"
#include "actors/simulate/simulated_fleet.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Has a plan that is no playbook run on each of these hosts by itself, as if
/// everybody had begun it there at the same time.
void run_plan_on_each(prepared_run& what, std::vector<std::string> hosts,
                      std::shared_ptr<simulated_fleet> fleet);

} // namespace troupe
