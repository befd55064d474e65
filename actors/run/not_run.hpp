#pragma once

#include "actors/events.hpp"
#include "actors/run/task_result.hpp"

#include <string>

namespace troupe {

/// How a task is accounted for that does not run any more.
struct not_run {
  task_status status = task_status::cancelled;
  std::string reason;
  skip_reason why = skip_reason::none;
};

/// What is said of one that had not begun when its play or run was ended.
/// `culprit`: who failed, for people, if that was it; empty: nobody knows.
not_run stopped_by(cancel_reason reason, const std::string& culprit = {});

} // namespace troupe
