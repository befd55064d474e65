#include "actors/past_choice.hpp"

#include "config/language/language.hpp"
#include "config/plan/definitions.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace troupe {

namespace {

/// What the journals of a run say of its tasks, beside the plan as it is now.
class earlier_tasks {
public:
  explicit earlier_tasks(const plan& now) {
    auto note = [this](const task& t) { known_.emplace(t.id, &t); };
    for (auto& each : now.plays) {
      for_each_task(each.body, note);
      for_each_task(each.handlers, note);
    }
  }

  void look_into(const run_past& past) {
    for (auto& each : past.reports()) {
      auto& result = *each->result;
      names_[result.name].insert(result.id);
      if (result.counts_as_failed())
        failed_ = result.name == result.module ? std::string{} : result.name;
      // The numbers of handlers rest on how many tasks there are; those that
      // are streamed are not here.
      if (!result.added && !result.handler && differs_.empty()
          && !known_.empty())
        compare(result);
      if (!result.failed())
        for (auto& handler : each->notify)
          pending_ = pending_ || !past.ended(handler);
    }
  }

  /// The name of the last task that failed, if it is that of one task only, and
  /// of one that is there.
  std::string failed() const {
    auto at = names_.find(failed_);
    bool one = at != names_.end() && at->second.size() == 1;
    bool there = std::any_of(known_.begin(), known_.end(), [&](auto& each) {
      return each.second->name == failed_;
    });
    return one && there ? failed_ : std::string{};
  }

  /// Where the first one stands that is another one now; nowhere: that is not
  /// known, or it is gone.
  const source_place& place() const {
    return place_;
  }

  /// In which way it is another one, after the sentence about all of them;
  /// empty: none of those that ended is.
  const std::string& first_that_differs() const {
    return differs_;
  }

  /// Handlers were notified and have not run.
  bool have_pending_handlers() const {
    return pending_;
  }

private:
  static bool is_other(const task& now, const task_result& then) {
    if (now.module != then.module)
      return true;
    std::string_view name = now.name;
    return !name.empty() && !has_template(name) && name != then.name;
  }

  void compare(const task_result& then) {
    auto at = known_.find(then.id);
    auto was = terminal_line(then.name.empty() ? then.module : then.name);
    if (at == known_.end()) {
      differs_ = fmt::format("; the first that differs is '{}', which is not "
                             "there any more",
                             was);
    } else if (is_other(*at->second, then)) {
      auto& now = *at->second;
      place_ = now.place;
      differs_ = fmt::format(
        "; the first that differs is '{}', where '{}' was",
        terminal_line(now.name.empty() ? now.module : now.name), was);
    }
  }

  std::unordered_map<std::string_view, const task*> known_;
  std::map<std::string, std::set<std::string>> names_;
  std::string failed_;
  source_place place_;
  std::string differs_;
  bool pending_ = false;
};

bool same_part(const std::string& x, const std::string& y) {
  return x.substr(0, x.find(' ')) == y.substr(0, y.find(' '));
}

/// Why a run cannot be gone on with whose tasks are others now, and what to do.
error changed_since(const run_past& past, const std::string& hash,
                    const run_request& request, const plan& now,
                    host& machine) {
  auto& header = past.header();
  if (header.plan_hash.starts_with("tasks:")
      && same_part(header.plan_hash, hash))
    return {errc::invalid_plan,
            fmt::format("{}: run {} of '{}' cannot be gone on with: its plays "
                        "are for other hosts now, or in another order. Run the "
                        "plan anew, or bring back the hosts that it was for",
                        now.shown_as, header.run, header.source)};
  earlier_tasks then{now};
  for_each_journal(machine, request.state->path(), past,
                   [&](auto& each) { then.look_into(each); });
  auto failed = then.failed();
  auto place = to_string(then.place());
  auto anew = failed.empty()
                ? std::string{}
                : fmt::format(", from the task that failed on: --start-at-task "
                              "{}",
                              shell_quoted(failed));
  return {
    errc::invalid_plan,
    fmt::format("{}: run {} of '{}' cannot be gone on with: tasks of the plan "
                "have been added, removed, renamed or moved since, or "
                "what is said around them has changed{}. Run the plan "
                "anew{}; or bring back the tasks it had{}",
                place.empty() ? now.shown_as : place, header.run, header.source,
                then.first_that_differs(), anew,
                then.have_pending_handlers()
                  ? ". Handlers that this run has notified and that have not "
                    "run are lost when the plan is run anew"
                  : "")};
}

/// What a command needs to find the state folder.
std::string argument_for(const std::string& state, host& machine) {
  bool found = machine.variable("TROUPE_STATE_DIR") == state
               || state_directory::default_path(machine) == state;
  return found ? std::string{} : " --state-dir " + shell_quoted(state);
}

} // namespace

result<std::shared_ptr<run_past>>
past_of(const run_request& request, const std::vector<std::string>& hashes,
        const plan& now, host& machine) {
  using found = std::shared_ptr<run_past>;
  auto run = request.resume_run;
  if (run.empty() && request.resume && request.state)
    run = request.state->unfinished_run(hashes);
  if (run.empty())
    return found{};
  auto folder = request.state->run_folder(run);
  if (auto safe = check_run_folder(machine, folder); !safe)
    return safe.why();
  auto past = run_past::open(folder + "/journal");
  if (!past)
    return past.why();
  // Whoever has looked before had not got the lock: an undo may have had it.
  auto& state = request.state->path();
  if (auto why
      = why_not_to_go_on(machine, state, **past, argument_for(state, machine));
      !why.empty())
    return error{errc::invalid_argument, std::move(why)};
  auto& known = (*past)->header().plan_hash;
  if (std::find(hashes.begin(), hashes.end(), known) == hashes.end())
    return changed_since(**past, hashes.front(), request, now, machine);
  if (request.rerun_failed && has_rolled_back(machine, state, **past))
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
