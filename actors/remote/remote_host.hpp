#pragma once

#include "actors/run/job.hpp"

namespace troupe {

// Tasks that are about the connection to their host.

/// `wait_for_connection`: until the host answers.
module_result wait_for_host(const job& what,
                            const job_environment& environment);

/// `reboot`: until the host has started anew and is ready.
module_result restart_host(const job& what, const job_environment& environment);

} // namespace troupe
