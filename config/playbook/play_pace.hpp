#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"
#include "config/playbook/playbook_setting.hpp"

namespace troupe {

/// Reads how the hosts of a play go on: `strategy`, `order`, `serial`. Problems
/// with what a setting says are added to `out`, with its place.
void read_pace(fields& in, play& to, const playbook_setting& with,
               problems& out);

} // namespace troupe
