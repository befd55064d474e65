#pragma once

#include "actors/engine.hpp"
#include "actors/state/run_past.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The run that a request goes on with, opened; null when a new one begins.
/// `hashes`: what a journal may know the plan, `now`, by. An error when that
/// run was of other tasks, or cannot go on in the way that was asked for.
result<std::shared_ptr<run_past>>
past_of(const run_request& request, const std::vector<std::string>& hashes,
        const plan& now, host& machine);

/// Whether the tasks of a plan that have ended, or are in doubt, are told what
/// they were told then; the error names one that is not, with its place. Those
/// that failed and run again may have been put right. Tasks that other files
/// add later are looked at when they are there.
result<void> check_ended_tasks(const plan& what, const run_past& past);

} // namespace troupe
