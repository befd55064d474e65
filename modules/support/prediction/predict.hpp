#pragma once

#include "modules/module.hpp"

namespace troupe {

/// Calls a module in check mode, `ctx` having a predicted host. What it took
/// for given becomes a warning, and so does a failure that a real run need not
/// have, since a program that check mode does not run may see to it, or since
/// it rests on a content that is not known: the task then counts as changed, if
/// it changes anything. Either is marked as `not_known`.
module_result predict(const task_module& which, const arguments& args,
                      const module_context& ctx);

/// Notes that a program was not run, and in the result what is not known for
/// that: `not_known` is the list of these keys, or true when that is all.
void hold_back(module_result& out, const module_context& ctx,
               list unknown = {});

/// Says of the facts in a result that they need not be what a real run would
/// find, and why; tasks that fail for that are not known either.
void doubt_facts(module_result& out, const module_context& ctx,
                 const std::string& why);

/// In check mode: notes what would become of a thing, if the task changes
/// something. An empty kind is that of the module.
void foresee(const module_context& ctx, effect what, std::string name,
             std::string kind = {});

/// Makes of a failure what check mode says of it, when the prediction is
/// unsure; everything else stays as it is. `changes`: a task that does not fail
/// is one that changes something.
void doubt_failure(module_result& out, const prediction& of,
                   bool changes = true);

} // namespace troupe
