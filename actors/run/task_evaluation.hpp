#pragma once

#include "actors/run/job.hpp"
#include "actors/run/judged.hpp"
#include "actors/run/task_scope.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

// What a TASK RUNNER computes between its messages; plain functions without
// actors, so that each is tested by tables.

/// What Ansible says of a clause that cannot be evaluated, with our reason.
std::string broken_conditional(const value& clause, std::string_view why);

/// The condition that does not hold; nothing when all do.
result<std::optional<std::string>>
failed_condition(const task_scope& scope, const variables& names,
                 const run_context& ctx, const evaluation_terms& terms);

/// The items of a task's loop; absent when it has none.
result<std::optional<std::vector<value>>>
loop_items(const task& t, const variables& names, const language& templates,
           const evaluation_terms& terms);

/// Builds the call of the task's module: defaults of the module by scope,
/// templates evaluated, omitted arguments left out, everything checked.
result<job> build_job(const task& t, const task_scope& scope,
                      const resolved_keywords& under,
                      std::shared_ptr<const task_variables> names,
                      const run_context& ctx, const evaluation_terms& terms);

/// A result as `register` and templates see it; all text in it is marked as
/// coming from the host, unless it is what the playbook says itself.
value output_of(const module_result& from, bool of_playbook = false);

/// What a verdict is made from besides the result.
struct judging {
  const task& what;
  const task_scope& scope;
  const resolved_keywords& under;
  /// The names of the item; a copy, as the result is added.
  task_variables names;
  /// The item's own names, which the result is put beside.
  const dict& local;
  const language& templates;
  const evaluation_terms& terms;
  /// Of a task that may repeat: the number of the attempt that made it.
  std::optional<unsigned> attempt;
  /// The names that come of it are what the plan itself says: templates in
  /// them are evaluated, but for what came from a host.
  bool sets_variables = false;
};

/// Applies `changed_when`, `failed_when`, `until`, `ignore_errors`, `notify`
/// and `label`.
judged judge(judging with, module_result from);

/// In check mode: the result of a task whose failure, or whose `until` that
/// does not hold, rests on what is not known, as a program was not run before
/// that may see to it. The task then counts as skipped, and the variables that
/// it would set as undefined. Nothing: the verdict stands.
std::optional<module_result> left_open(const judged& verdict, const task& t,
                                       const task_scope& scope,
                                       const task_module* which,
                                       prediction& of);

/// Whether the task only predicts in a real run as well: later tasks then see
/// nothing of what it predicts.
bool predicts_aside(const resolved_keywords& under);

/// Where it is kept what the task predicts.
prediction& prediction_of(const resolved_keywords& under,
                          const run_context& ctx);

/// In check mode: what would become of the things that a task is about. One
/// without a name is known by its task; tasks that touch nothing have none.
std::vector<foreseen> things_of(judged& verdict, const task& t,
                                const task_module* which);

/// What `async_status` answers, by its `mode`, about a job that is only
/// predicted.
module_result predicted_answer(const std::string& id, const predicted_job& what,
                               const std::string& mode);

/// The result of a task with `async` that was waited for, in Ansible's words;
/// `job` is its `ansible_job_id`.
module_result polled(module_result from, int64_t seconds,
                     const std::string& job);

/// The pause before attempt `next` (2 and up): fixed, linear or exponential,
/// never over the cap, and drawn from [0, pause] with `random` in [0, 1) when
/// jitter is on.
std::chrono::nanoseconds backoff_pause(const retry_policy& policy,
                                       unsigned next, double random);

/// Whether a policy's `retry_on` covers this failure.
bool worth_repeating(const retry_policy& policy, const judged& verdict);

/// Ansible's `ansible_loop` for one item: its place and its neighbours, and
/// `all` items if that is wanted.
value loop_details(const std::vector<value>& items, size_t at, bool all);

/// The policy that decides what a failure of this task means, when it is not
/// one that ends all others.
failure_policy policy_of(const task& t, const task_scope& scope,
                         const settings& options, block_order order);

} // namespace troupe
