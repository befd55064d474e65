#include "actors/state/state_keeper.hpp"

#include "actors/run/roster.hpp"
#include "actors/state/fact_store.hpp"
#include "actors/state/run_past.hpp"
#include "actors/supervision.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void state_keeper_state::tell(run_event::kinds what) {
  run_event event;
  event.what = std::move(what);
  event.counts = so_far_.counts;
  self_->send(setting_.progress, std::move(event));
}

void state_keeper_state::start(state_setting setting) {
  setting_ = std::move(setting);
  so_far_.counts.total = setting_.total;
  so_far_.start = setting_.begun;
  auto* ctx = setting_.ctx.get();
  if (!ctx || !ctx->ansible)
    return;
  // What is wrong with the settings was said before the run.
  if (auto kept = fact_store::of(*ctx->ansible, ctx->machine))
    kept_.store = std::move(*kept);
  if (!kept_.store)
    return;
  names_.facts = names_.facts.with_all(kept_.store->load(ctx->own_name()));
  publish_names();
}

void state_keeper_state::on_play(std::string name, bool nobody) {
  so_far_.play = name;
  // What nobody took belonged to the handlers of another play.
  notified_.clear();
  notified_now_.clear();
  tell(play_started{std::move(name), nobody});
}

void state_keeper_state::on_started(std::string id, std::string name,
                                    std::string module, bool handler,
                                    bool check_mode) {
  // Without a name of its own it is called as its module is.
  running_[id] = name == module ? fmt::format("{} [{}]", name, id) : name;
  tell(task_started{std::move(id), std::move(name), std::move(module), handler,
                    check_mode});
}

void state_keeper_state::on_asked(task_question what) {
  tell(std::move(what));
}

void state_keeper_state::on_included(tasks_included what) {
  tell(std::move(what));
}

void state_keeper_state::on_items(items_ended what) {
  tell(std::move(what));
}

void state_keeper_state::on_retry(task_retry what) {
  tell(std::move(what));
}

void state_keeper_state::remember(const task_report& report) {
  auto changed = !report.variables.empty() || !report.facts.empty()
                 || !report.register_as.empty();
  if (!report.variables.empty())
    names_.registered = names_.registered.with_all(report.variables);
  if (!report.register_as.empty())
    names_.registered
      = names_.registered.with(report.register_as, report.registered);
  if (!report.facts.empty()) {
    names_.facts = names_.facts.with_all(report.facts);
    note_to_keep(report);
    keep_facts();
  }
  if (changed) {
    ++names_.version;
    if (setting_.ctx && setting_.ctx->hosts)
      setting_.ctx->hosts->learn(report.variables);
    publish_names();
  }
  if (report.result->failed())
    return;
  for (auto& handler : report.notify)
    if (std::find(notified_.begin(), notified_.end(), handler)
        == notified_.end())
      notified_.push_back(handler);
}

void state_keeper_state::publish_names() const {
  if (setting_.ctx && setting_.ctx->hosts)
    setting_.ctx->hosts->publish(setting_.ctx->own_name(), names_);
}

void state_keeper_state::check(const result<void>& written) {
  if (written || std::exchange(journal_lost_, true))
    return;
  tell(run_trouble{written.why().message});
  self_->send(setting_.run, cancel_atom_v, cancel_reason::state_lost);
}

void state_keeper_state::tell_unsealed() {
  if (auto why = setting_.log ? setting_.log->take_unsealed() : std::nullopt)
    tell(run_trouble{fmt::format("what no_log and secrets hide is not kept for "
                                 "'troupe resume': {}",
                                 why->message)});
}

void state_keeper_state::on_ended(const task_report& report,
                                  const ending_listener& owner) {
  if (write_down(report))
    take_in(report, owner, false);
}

void state_keeper_state::on_ended(const host_task_end_ptr& what,
                                  const ending_listener& owner) {
  bool fresh = write_down(*what->report);
  // Before its own host goes on, but not before it would be known to a next
  // process that the others need not do it.
  self_->send(setting_.stage, ended_atom_v, what);
  if (fresh)
    take_in(*what->report, owner, false);
}

bool state_keeper_state::write_down(const task_report& report) {
  auto& result = *report.result;
  // Its block has died, and it was accounted for.
  if (lost_any_ && find_ended(result.id))
    return false;
  // Tasks that did not run, and those nobody has decided about, are as open
  // for the next process as they were for this one.
  bool final = result.status != task_status::cancelled && !report.blocked
               && !report.unknown && !report.lost;
  if (setting_.log && final)
    check(setting_.log->task_ended(report));
  tell_unsealed();
  return true;
}

void state_keeper_state::on_replay(const task_report& report,
                                   const ending_listener& owner) {
  take_in(report, owner, true);
}

void state_keeper_state::take_in(const task_report& report,
                                 const ending_listener& owner, bool restored) {
  auto& result = *report.result;
  if (report.unknown)
    so_far_.unknown.push_back(result.id);
  remember(report);
  if (!restored && !result.failed())
    notified_now_.insert(report.notify.begin(), report.notify.end());
  running_.erase(result.id);
  so_far_.counts.add(result);
  if (result.handler || result.added)
    ++so_far_.counts.total;
  if (result.counts_as_failed()) {
    so_far_.failed.push_back(result.id);
    failures_[result.id] = {result.status, result.name, report.included_by};
  }
  if (result.changed && result.status != task_status::cancelled)
    so_far_.changed.push_back(result.id);
  if (!report.included_by.empty()
      && (result.changed || result.counts_as_failed()))
    so_far_.included_by[result.id] = report.included_by.front();
  tell(task_ended{report.result, restored});
  ending what;
  what.id = result.id;
  what.failed = result.counts_as_failed() || !report.failed_inside.id.empty();
  what.fatal = report.fatal;
  what.roll_back = report.roll_back;
  what.blocked = report.blocked;
  what.cancelled = result.status == task_status::cancelled;
  what.undecided = report.unknown || report.unknown_inside;
  what.clears_errors = report.clears_errors;
  if (report.clears_errors)
    so_far_.failed.clear();
  if (report.blocked)
    what.culprit = report.culprit;
  else if (!report.failed_inside.id.empty())
    what.culprit = report.failed_inside;
  else if (what.failed || what.fatal)
    what.culprit = {result.id, known_as(result)};
  what.names = names_;
  announce(std::make_shared<const ending>(std::move(what)), owner);
}

void state_keeper_state::forgive(const std::string& id) {
  auto at = failures_.find(id);
  if (at == failures_.end())
    return;
  auto& counts = so_far_.counts;
  --(at->second.status == task_status::timeout ? counts.timeout
                                               : counts.failed);
  ++counts.rescued;
  std::erase(so_far_.failed, id);
  auto name = std::move(at->second.name);
  failures_.erase(at);
  tell(task_rescued{id, std::move(name)});
}

void state_keeper_state::on_ended(const block_report& report,
                                  const ending_listener& owner) {
  for (auto& id : report.rescued) {
    forgive(id);
    // So is that of what the task has included.
    std::vector<std::string> inside;
    for (auto& [failed, how] : failures_)
      if (std::find(how.included_by.begin(), how.included_by.end(), id)
          != how.included_by.end())
        inside.push_back(failed);
    for (auto& each : inside)
      forgive(each);
  }
  ending what;
  what.id = report.id;
  what.failed = report.failed;
  what.fatal = report.fatal;
  what.roll_back = report.roll_back;
  what.undecided = report.undecided;
  what.clears_errors = report.clears_errors;
  what.blocked = report.blocked;
  what.cancelled = report.cancelled;
  what.culprit = report.culprit;
  what.names = names_;
  announce(std::make_shared<const ending>(std::move(what)), owner);
}

void state_keeper_state::on_lost(const lost_block& what,
                                 const ending_listener& owner) {
  lost_any_ = true;
  // Those that have ended have said so themselves.
  for (auto& each : what.tasks) {
    if (find_ended(each->id))
      continue;
    task_report report;
    report.included_by = what.included_by;
    auto result = std::make_shared<task_result>(*each);
    if (running_.contains(each->id)) {
      result->status = task_status::failed;
      result->error = to_string(errc::system);
      result->msg = what.why;
    }
    report.result = std::move(result);
    // As open for the next process as it was for this one.
    take_in(report, {}, false);
  }
  block_report report;
  report.id = what.block;
  report.failed = report.fatal = true;
  report.culprit = {what.block, fmt::format("'{}'", what.block)};
  on_ended(report, owner);
}

void state_keeper_state::abandon(const caf::error&) {
  if (setting_.last_words)
    setting_.last_words(snapshot());
}

std::vector<std::string> state_keeper_state::take_notified() {
  // Not before: a flush that goes on is not about what is notified meanwhile.
  auto* ctx = setting_.ctx.get();
  for (auto& each : std::exchange(notified_now_, {}))
    if (ctx && ctx->past)
      ctx->past->since().renew(each);
  return std::exchange(notified_, {});
}

ending_ptr state_keeper_state::names() const {
  ending what;
  what.names = names_;
  return std::make_shared<const ending>(std::move(what));
}

snapshot_ptr state_keeper_state::snapshot() const {
  auto copy = so_far_;
  for (auto& [id, name] : running_) {
    copy.running.push_back(id);
    copy.running_names.push_back(name);
  }
  return std::make_shared<const run_snapshot>(std::move(copy));
}

state_keeper_actor::behavior_type
state_keeper(state_keeper_actor::stateful_pointer<state_keeper_state> self,
             state_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](play_atom, std::string& name, bool nobody) {
      state.on_play(std::move(name), nobody);
    },
    [&state](started_atom, std::string& id, std::string& name,
             std::string& module, bool handler, bool check_mode) {
      state.on_started(std::move(id), std::move(name), std::move(module),
                       handler, check_mode);
    },
    [&state](asked_atom, task_question& what) {
      state.on_asked(std::move(what));
    },
    [&state](started_atom, tasks_included& what) {
      state.on_included(std::move(what));
    },
    [&state](started_atom, items_ended& what) {
      state.on_items(std::move(what));
    },
    [&state](retry_atom, task_retry& what) { state.on_retry(std::move(what)); },
    [&state](ended_atom, const report_ptr& report,
             const ending_listener& owner) { state.on_ended(*report, owner); },
    [&state](ended_atom, const host_task_end_ptr& what,
             const ending_listener& owner) { state.on_ended(what, owner); },
    [&state](replay_atom, const report_ptr& report,
             const ending_listener& owner) { state.on_replay(*report, owner); },
    [&state](ended_atom, const block_report& report,
             const ending_listener& owner) { state.on_ended(report, owner); },
    [&state](lost_atom, const lost_block_ptr& what,
             const ending_listener& owner) { state.on_lost(*what, owner); },
    [&state](subscribe_atom, const std::vector<std::string>& ids,
             const ending_listener& who) { state.on_subscribe(ids, who); },
    [&state](notified_atom) { return state.take_notified(); },
    [&state](facts_atom, const facts_ptr& found) { state.on_facts(found); },
    [&state](forget_atom, facts_atom) { state.forget_facts(); },
    [&state](query_atom, facts_atom) { return state.names(); },
    [&state](query_atom) { return state.snapshot(); },
  };
}

} // namespace troupe
