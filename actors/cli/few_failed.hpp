#pragma once

#include "actors/state/run_past.hpp"
#include "platform/host.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Which of these tasks, by their ids, have failed in a run whose journals are
/// in the state folder `state`: ": 'one', 'two' on web1 and others", with their
/// hosts where there are several; three of them at most. Empty: no journal
/// knows them.
std::string few_failed(const run_past& past,
                       const std::vector<std::string>& tasks,
                       const std::string& state, host& machine);

} // namespace troupe
