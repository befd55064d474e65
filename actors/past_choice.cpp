#include "actors/past_choice.hpp"

#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Why a run cannot be gone on with whose tasks are others now, and what to do.
error changed_since(const run_past& past) {
  std::string failed;
  for (auto& each : past.reports())
    if (each->result->counts_as_failed())
      failed = each->result->name;
  auto anew = failed.empty()
                ? std::string{}
                : fmt::format(", from the task that failed on: --start-at-task "
                              "{}",
                              shell_quoted(failed));
  return {errc::invalid_plan,
          fmt::format("run {} cannot be gone on with: tasks of the plan have "
                      "been added, removed, renamed or moved since. Run the "
                      "plan anew{}; or bring back the tasks it had",
                      past.header().run, anew)};
}

} // namespace

result<std::shared_ptr<run_past>>
past_of(const run_request& request, const std::vector<std::string>& hashes) {
  using found = std::shared_ptr<run_past>;
  auto run = request.resume_run;
  if (run.empty() && request.resume && request.state)
    run = request.state->unfinished_run(hashes);
  if (run.empty())
    return found{};
  auto past = run_past::open(request.state->run_folder(run) + "/journal");
  if (!past)
    return past.why();
  auto& known = (*past)->header().plan_hash;
  if (std::find(hashes.begin(), hashes.end(), known) == hashes.end())
    return changed_since(**past);
  if (request.rerun_failed && (*past)->rolled_back())
    return error{errc::invalid_argument,
                 fmt::format("run {} was taking back what it had done when it "
                             "died; without --rerun-failed it goes on with "
                             "that",
                             run)};
  if (request.rerun_failed)
    (*past)->rerun_failed();
  return *past;
}

} // namespace troupe
