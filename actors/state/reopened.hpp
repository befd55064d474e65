#pragma once

#include "actors/run/run_context.hpp"
#include "actors/run/task_report.hpp"
#include "actors/state/run_past.hpp"

#include <memory>
#include <optional>
#include <string>

namespace troupe {

/// The `ansible_job_id` of what a task, or one item of its loop, leaves in the
/// background.
std::string background_job_id(const std::string& task,
                              std::optional<uint64_t> item);

/// What a task is told, and what included it was: by this a later process knows
/// whether it is still the same.
uint64_t definition_in(const run_context& ctx, const task& t);

/// Whether a call of this task may be made again without asking anybody.
bool repeatable(const task& t, const run_context& ctx);

/// What is open about a task although it ended in an earlier process of this
/// run: what it registered or set cannot be read from the journal, or
/// a job that it left in the background died with that process. Null when
/// nothing is: its report can be replayed. `handled`: a rescue takes care of
/// its failure.
std::shared_ptr<const run_past::unfinished> reopened(const task& t,
                                                     const task_report& report,
                                                     bool handled,
                                                     const run_context& ctx);

/// Whether a job in the background may have taken effect when the run died, and
/// the command line says to go on as if it had.
bool passes_over_job(const std::string& id, const run_context& ctx);

} // namespace troupe
