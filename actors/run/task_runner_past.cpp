#include "actors/run/task_runner.hpp"
#include "actors/state/reopened.hpp"

namespace troupe {

// What an earlier process of this run did of a task, and what is noted for a
// later one.

bool task_runner_state::know_definition() {
  report_.definition = definition_in(ctx(), what());
  life_.items = loop_.mixed_into(report_.definition);
  auto& past = ctx().past;
  if (!past)
    return true;
  if (module_ && module_->spec().engine == engine_task::none)
    past->since().note_task();
  auto* before = past->begun(what().id);
  if (!before
      || (before->is_of(report_.definition) && before->has_items(life_.items)))
    return true;
  // By their numbers other items would be taken for those that have ended, or
  // are in doubt.
  result_.msg
    = before->is_of(report_.definition)
        ? "the items of its loop are others than those that an earlier "
          "process of this run had begun with; run the plan anew"
        : "what an earlier process of this run had begun here was told "
          "something else; bring back what it said, or run the plan "
          "anew";
  report_.unknown = report_.fatal = true;
  report_unknown();
  return false;
}

std::optional<run_past::call>
task_runner_state::past_call(size_t item,
                             const run_past::unfinished* before) const {
  // A job in the background has a name of its own.
  auto& past = ctx().past;
  if (past && what().said.find("async")) {
    auto id = background_id(item);
    if (passes_over_job(id, ctx()))
      return std::nullopt;
    if (auto* job = past->begun(id); job && !job->calls.empty())
      return job->calls.begin()->second;
  }
  if (!before)
    return std::nullopt;
  auto at = before->calls.find(item);
  if (at == before->calls.end())
    return before->every;
  auto out = at->second;
  if (auto done = before->items.find(item);
      out.hidden && done != before->items.end()) {
    auto& verdict = done->second;
    out.running = true;
    out.attempts = 0;
    // Another call of what has failed may end otherwise.
    out.repeatable = !verdict.failed && repeatable(what(), ctx());
    out.changed = verdict.changed;
  }
  return out;
}

const judged*
task_runner_state::known_end(size_t item,
                             const run_past::unfinished* before) const {
  // What the engine itself does is done again: the tasks of a file that was
  // included know by themselves how they ended.
  if (!before || !module_ || module_->spec().engine != engine_task::none)
    return nullptr;
  auto known = before->items.find(item);
  if (known == before->items.end())
    return nullptr;
  auto& verdict = known->second;
  // A failure that nothing goes on from stands, whatever it hides.
  bool stands = verdict.failed && !verdict.ignored && !setting_.rescued;
  return verdict.hidden && !stands ? nullptr : &verdict;
}

void task_runner_state::note_item(size_t item, const judged& verdict) const {
  auto& log = *ctx().log;
  bool for_later = !what().register_.empty() || !verdict.from.facts.empty();
  // A journal that cannot be written ends the run when the task ends.
  static_cast<void>(log.item_ended(what().id, item, verdict, for_later));
}

} // namespace troupe
