#pragma once

#include "config/plan/plan.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Says of `module_defaults` of groups, wherever a play, its blocks and its
/// tasks have them, that nobody gets them: which modules a group has is said by
/// collections, which are not read. Each place is named once.
void warn_of_group_defaults(const play& in, std::vector<std::string>& to);

} // namespace troupe
