#pragma once

#include "config/plan/conditions.hpp"
#include "config/plan/plan.hpp"
#include "config/settings.hpp"

#include <string>

namespace troupe {

/// The names that Ansible itself defines for every task. `folder`: where the
/// plan is.
dict magic_names(const plan& p, const std::string& folder,
                 const settings& options, const condition_context& conditions,
                 int verbosity);

} // namespace troupe
