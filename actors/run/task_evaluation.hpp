#pragma once

#include "actors/run/task_scope.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

// What a TASK RUNNER computes between its messages; plain functions without
// actors, so that each is tested by tables.

/// Whether a task's conditions all hold; when not, which one did not.
struct condition_outcome {
  bool holds = true;
  std::string failed_condition;
};

result<condition_outcome> ask_conditions(const task_scope& scope,
                                         const variables& names,
                                         const run_context& ctx);

/// The items of a task's loop; absent when it has none.
result<std::optional<std::vector<value>>>
loop_items(const task& t, const variables& names, const language& templates);

/// Builds the call of the task's module: defaults of the module by scope,
/// templates evaluated, omitted arguments left out, everything checked.
result<job> build_job(const task& t, const task_scope& scope,
                      std::shared_ptr<const task_variables> names,
                      const run_context& ctx);

/// A result as `register` and templates see it; all text in it is marked as
/// coming from the host.
value output_of(const module_result& from);

/// What one item (or the whole task, without a loop) came to.
struct judged {
  module_result from;
  value output;
  bool failed = false;
  bool changed = false;
  /// `until` holds, or there is none and it did not fail.
  bool settled = true;
  /// An expression that could not be evaluated.
  std::string broken;
};

/// Applies `changed_when`, `failed_when` and `until`.
judged judge(const task& t, module_result from, task_variables names,
             const dict& local, const language& templates);

/// The pause before attempt `next` (2 and up): fixed, linear or exponential,
/// never over the cap, and drawn from [0, pause] with `random` in [0, 1) when
/// jitter is on.
std::chrono::nanoseconds backoff_pause(const retry_policy& policy,
                                       unsigned next, double random);

/// Whether a policy's `retry_on` covers this failure.
bool worth_repeating(const retry_policy& policy, const judged& verdict);

/// Ansible's `ansible_loop` for one item: its place and its neighbours.
value loop_details(const std::vector<value>& items, size_t at);

/// The policy that decides what a failure of this task means.
failure_policy policy_of(const task& t, const task_scope& scope,
                         const settings& options, block_order order);

/// Whether a failure of this task counts: `ignore_errors`.
result<bool> ignores_errors(const task_scope& scope, const variables& names,
                            const language& templates);

} // namespace troupe
