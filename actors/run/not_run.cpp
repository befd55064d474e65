#include "actors/run/not_run.hpp"

#include <fmt/format.h>

namespace troupe {

not_run stopped_by(cancel_reason reason, const std::string& culprit) {
  switch (reason) {
  case cancel_reason::play_ended:
    return {task_status::skipped, "the play was ended",
            skip_reason::play_ended};
  case cancel_reason::failed:
    return {task_status::cancelled,
            culprit.empty() ? "not run: an earlier task failed"
                            : fmt::format("not run: task {} failed", culprit)};
  case cancel_reason::others_failed:
    return {task_status::cancelled, "not run: other hosts have ended the play"};
  case cancel_reason::unreachable:
    return {task_status::cancelled, "not run: the host cannot be reached"};
  case cancel_reason::timeout:
    return {task_status::cancelled,
            "not run: the time for the whole run was over"};
  case cancel_reason::interrupted:
  case cancel_reason::terminated:
  case cancel_reason::state_lost:
  case cancel_reason::unanswered:
    break;
  }
  return {task_status::cancelled, "not run: the run was cancelled"};
}

} // namespace troupe
