#include "actors/cli/run_code.hpp"

namespace troupe {

namespace {

exit_code code_of(const run_cancelled& how, const run_outcome&) {
  if (how.why == cancel_reason::interrupted
      || how.why == cancel_reason::unanswered)
    return exit_code::interrupted;
  if (how.why == cancel_reason::terminated)
    return exit_code::terminated;
  return how.why == cancel_reason::state_lost ? exit_code::exhausted
                                              : exit_code::tasks_failed;
}

exit_code code_of(const run_completed&, const run_outcome& outcome) {
  if (!outcome.unknown_tasks.empty())
    return exit_code::unknown_state;
  if (!outcome.unreachable_hosts.empty())
    return exit_code::unreachable;
  return outcome.failed_tasks.empty() ? exit_code::ok : exit_code::tasks_failed;
}

exit_code code_of(const run_broken&, const run_outcome&) {
  return exit_code::internal;
}

exit_code code_of(const run_homeless&, const run_outcome&) {
  return exit_code::state_unusable;
}

exit_code code_of(const run_unrecorded&, const run_outcome&) {
  return exit_code::exhausted;
}

} // namespace

exit_code code_for(const run_outcome& outcome, bool would_change) {
  auto code
    = std::visit([&](auto& how) { return code_of(how, outcome); }, outcome.how);
  return code == exit_code::ok && would_change ? exit_code::would_change : code;
}

} // namespace troupe
