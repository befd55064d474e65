#pragma once

#include "actors/remote/connection_setting.hpp"
#include "actors/run/job.hpp"

namespace troupe {

/// Does here, with `job::prepared`, what is left of a job whose source was read
/// elsewhere.
using call_at_home = module_result (*)(const job&, const job_environment&);

/// The job that is left of `what` once its source was read as it says: who runs
/// the plan does it here.
job brought_home(const job& what, prepared_source source);

/// Calls the module of a job on the host that `job::where` leads to. What lies
/// beside the plan is read here and goes along; templates are rendered here. A
/// host that cannot be reached, or is lost during the call, is a result that
/// says so. Start and duration are left to the caller.
job_result call_elsewhere(const job& what, const job_environment& environment,
                          call_at_home at_home);

/// Calls it on this host as `job::become_user`, whom this process cannot take
/// the rights of, through `sudo`.
job_result call_as_other(const job& what, const job_environment& environment,
                         call_at_home at_home);

} // namespace troupe
