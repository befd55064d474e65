#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace troupe {

// The journal has ids of its own for what a plan has once: a job that a task
// leaves in the background, and a handler that runs again.

/// Whether something is the id of a task that somebody knows of.
using known_tasks = std::function<bool(const std::string&)>;

/// The id of the task that has left the job `id` in the background, as far as
/// `known` knows one that may have; otherwise `id` itself.
std::string task_of(const std::string& id, const known_tasks& known);

/// The id that a handler has in the plan, without the number of its run.
std::string_view without_count(std::string_view id);

} // namespace troupe
