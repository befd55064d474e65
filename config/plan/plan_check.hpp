#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"

#include <functional>

namespace troupe {

class language;

/// Finds all that is wrong with a plan before anything runs: ids that repeat,
/// dependencies on nothing, cycles, handlers that nobody defines, conditions
/// and templates that do not compile. What concerns modules is judged by
/// `check_plan_modules` of modules/plan_modules.hpp.
void check_plan(const plan& p, const language& templates, problems& out);

/// The arguments of a task as they are evaluated: those that stand in one line
/// each by itself.
using arguments_of_task = std::function<dict(const task&)>;

/// Compiles every expression and template without evaluating it. What is wrong
/// with those of a playbook is the failure of a task, not of the playbook.
/// Without `arguments` those of tasks are taken as they are written.
void check_syntax(const plan& p, const language& templates, problems& out,
                  const arguments_of_task& arguments = {});

/// Reports each cycle that the dependencies make, together with the order
/// that the plan itself implies, as the tasks in it in their order.
void check_cycles(const plan& p, problems& out);

/// Sorts the children of every graph so that each stands behind what it
/// depends on, ties in the order of `execution_order` and then of the plan.
/// @pre the plan has no cycle
void order_plan(plan& p);

} // namespace troupe
