#pragma once

#include "actors/run/job.hpp"

namespace troupe {

/// Calls the module of a job where it is to be called: in this process, or over
/// a line. The journal knows of it before it begins; a call of which it could
/// not be told fails with `exhausted` and is not made. Start and duration are
/// left to the caller. Exceptions of a module called here are its failure.
job_result call_anywhere(const job& what, const job_environment& environment);

} // namespace troupe
