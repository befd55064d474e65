#include "actors/past_choice.hpp"

#include "config/plan/definitions.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace troupe {

namespace {

/// The name of the last task that failed, if it is that of one task only.
std::string failed_task(const run_past& past) {
  std::map<std::string, size_t> names;
  std::string out;
  for (auto& each : past.reports()) {
    auto& result = *each->result;
    ++names[result.name];
    if (result.counts_as_failed())
      out = result.name == result.module ? std::string{} : result.name;
  }
  return out.empty() || names[out] > 1 ? std::string{} : out;
}

bool same_part(const std::string& x, const std::string& y) {
  return x.substr(0, x.find(' ')) == y.substr(0, y.find(' '));
}

/// Why a run cannot be gone on with whose tasks are others now, and what to do.
error changed_since(const run_past& past, const std::string& now) {
  auto& header = past.header();
  if (header.plan_hash.starts_with("tasks:")
      && same_part(header.plan_hash, now))
    return {errc::invalid_plan,
            fmt::format("run {} of '{}' cannot be gone on with: its plays are "
                        "for other hosts now, or in another order. Run the "
                        "plan anew, or bring back the hosts that it was for",
                        header.run, header.source)};
  auto failed = failed_task(past);
  auto anew = failed.empty()
                ? std::string{}
                : fmt::format(", from the task that failed on: --start-at-task "
                              "{}",
                              shell_quoted(failed));
  return {
    errc::invalid_plan,
    fmt::format("run {} of '{}' cannot be gone on with: tasks of the plan "
                "have been added, removed, renamed or moved since, or "
                "what is said around them has changed. Run the plan "
                "anew{}; or bring back the tasks it had",
                header.run, header.source, anew)};
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
    return changed_since(**past, hashes.front());
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

result<void> check_ended_tasks(const plan& what, const run_past& past) {
  result<void> out;
  auto look = [&](const task& t) {
    if (!out)
      return;
    auto now = definition_of(t);
    auto* begun = past.begun(t.id);
    bool other = begun ? !begun->is_of(now) : past.ended_otherwise(t.id, now);
    if (other)
      out = error{
        errc::invalid_plan,
        fmt::format("{}: the task '{}' {} in run {} and says something else "
                    "now: bring back what it said, or run the plan anew",
                    to_string(t.place), t.has_own_id() ? t.id : t.name,
                    begun ? "was under way" : "has ended", past.header().run)};
  };
  for (auto& play : what.plays) {
    for_each_task(play.body, look);
    for_each_task(play.handlers, look);
  }
  return out;
}

} // namespace troupe
