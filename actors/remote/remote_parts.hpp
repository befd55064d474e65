#pragma once

#include "actors/remote/call_line.hpp"
#include "actors/remote/connection_setting.hpp"
#include "actors/run/job.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace troupe {

// What calls of modules elsewhere are made of.

/// Until when a job may wait.
wait_limit call_limit(const job& what);

/// Under what the part of a module is done that belongs to the plan.
module_context context_here(const job& what,
                            const job_environment& environment);

/// The call of the job, without its sources.
line_call call_of(const job& what, call_line& line);

/// Does a call for a job; see `call_line::call`.
result<module_result> call_over(call_line& line, line_call call,
                                const job& what, const wait_limit& limit);

/// The host is not there: nothing was done, or nobody knows. `what` begins the
/// sentence.
module_result unreachable_result(const job& of, const error& why,
                                 std::string_view what);

inline constexpr std::string_view lost_during_task
  = "The connection was lost during the task, and what it did there is not "
    "known";

/// What `slurp` has read of `path`, for `fetch` to put in its place; or its
/// answer, when that is how the task ends.
std::variant<prepared_source, module_result>
fetched_source(const std::string& path, module_result got);

} // namespace troupe
