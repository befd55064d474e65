#pragma once

#include "modules/module.hpp"

namespace troupe {

/// Calls a module in check mode, `ctx` having a predicted host. What it took
/// for given becomes a warning, and so does a failure that a real run need not
/// have, since a program that check mode does not run may see to it: the task
/// then counts as changed. Either is marked as `not_known`.
module_result predict(const task_module& which, const arguments& args,
                      const module_context& ctx);

/// Makes of a failure what check mode says of it, when the prediction is
/// unsure; everything else stays as it is.
void doubt_failure(module_result& out, const prediction& of);

} // namespace troupe
