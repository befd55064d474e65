#include "actors/state/state_keeper.hpp"

#include <algorithm>

namespace troupe {

namespace {

run_event event_of(run_event::kind what, std::string subject) {
  run_event event;
  event.what = what;
  event.subject = std::move(subject);
  return event;
}

} // namespace

void state_keeper_state::start(state_setting setting) {
  setting_ = std::move(setting);
  progress_ = setting_.progress;
  so_far_.counts.total = setting_.total;
  so_far_.start = std::chrono::system_clock::now();
}

void state_keeper_state::on_play(std::string name) {
  so_far_.play = name;
  auto event = event_of(run_event::kind::play_started, std::move(name));
  event.counts = so_far_.counts;
  self_->send(progress_, std::move(event));
}

void state_keeper_state::on_started(std::string id, std::string name,
                                    std::string module, bool handler) {
  running_.insert(id);
  auto event = event_of(run_event::kind::task_started, std::move(id));
  event.text = std::move(name);
  event.module = std::move(module);
  event.counts = so_far_.counts;
  event.handler = handler;
  self_->send(progress_, std::move(event));
}

void state_keeper_state::on_retry(std::string id, uint32_t attempt,
                                  caf::timespan pause) {
  auto event = event_of(run_event::kind::task_retry, std::move(id));
  event.attempt = attempt;
  event.delay = pause;
  event.counts = so_far_.counts;
  self_->send(progress_, std::move(event));
}

void state_keeper_state::remember(const task_report& report) {
  auto changed = !report.variables.empty() || !report.facts.empty()
                 || !report.register_as.empty();
  if (!report.variables.empty())
    names_.registered = names_.registered.with_all(report.variables);
  if (!report.register_as.empty())
    names_.registered
      = names_.registered.with(report.register_as, report.registered);
  if (!report.facts.empty())
    names_.facts = names_.facts.with_all(report.facts);
  if (changed)
    ++names_.version;
  for (auto& handler : report.notify)
    if (std::find(notified_.begin(), notified_.end(), handler)
        == notified_.end())
      notified_.push_back(handler);
}

void state_keeper_state::check(const result<void>& written) {
  if (written || std::exchange(journal_lost_, true))
    return;
  auto event = event_of(run_event::kind::error, "");
  event.text = written.why().message;
  event.counts = so_far_.counts;
  self_->send(progress_, std::move(event));
  self_->send(setting_.run, cancel_atom_v, cancel_reason::state_lost);
}

void state_keeper_state::on_ended(const task_report& report,
                                  const ending_listener& owner) {
  auto& result = *report.result;
  // Tasks that did not run, and those nobody has decided about, are as open
  // for the next process as they were for this one.
  bool final = result.status != task_status::cancelled && !report.blocked
               && !report.unknown && !report.repeats;
  if (setting_.log && final)
    check(setting_.log->task_ended(report));
  take_in(report, owner, false);
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
  running_.erase(result.id);
  so_far_.counts.add(result);
  if (result.handler || result.added)
    ++so_far_.counts.total;
  if (result.counts_as_failed()) {
    so_far_.failed.push_back(result.id);
    failures_[result.id] = result.status;
  }
  if (result.changed)
    so_far_.changed.push_back(result.id);
  auto event = event_of(run_event::kind::task_ended, result.id);
  event.text = result.name;
  event.module = result.module;
  event.result = report.result;
  event.counts = so_far_.counts;
  event.failed = result.counts_as_failed();
  event.handler = result.handler;
  event.restored = restored;
  self_->send(progress_, std::move(event));
  ending what;
  what.id = result.id;
  what.failed = result.counts_as_failed() || !report.failed_inside.empty();
  what.fatal = report.fatal;
  what.roll_back = report.roll_back;
  what.blocked = report.blocked;
  what.cancelled = result.status == task_status::cancelled;
  what.culprit = report.blocked                  ? result.failed_dependency
                 : !report.failed_inside.empty() ? report.failed_inside
                                                 : result.id;
  what.names = names_;
  announce(std::make_shared<const ending>(std::move(what)), owner);
}

void state_keeper_state::forgive(const std::string& id) {
  auto at = failures_.find(id);
  if (at == failures_.end())
    return;
  auto& counts = so_far_.counts;
  --(at->second == task_status::timeout ? counts.timeout : counts.failed);
  ++counts.rescued;
  std::erase(so_far_.failed, id);
  failures_.erase(at);
}

void state_keeper_state::on_ended(const block_report& report,
                                  const ending_listener& owner) {
  for (auto& id : report.rescued) {
    forgive(id);
    // The ids of what a task has included begin with its own.
    std::vector<std::string> inside;
    for (auto& [failed, status] : failures_)
      if (failed.starts_with(id + ':'))
        inside.push_back(failed);
    for (auto& each : inside)
      forgive(each);
  }
  ending what;
  what.id = report.id;
  what.failed = report.failed;
  what.fatal = report.fatal;
  what.roll_back = report.roll_back;
  what.blocked = report.blocked;
  what.culprit = report.culprit;
  what.names = names_;
  announce(std::make_shared<const ending>(std::move(what)), owner);
}

void state_keeper_state::announce(ending_ptr what,
                                  const ending_listener& owner) {
  if (auto at = waiting_.find(what->id); at != waiting_.end()) {
    for (auto& each : at->second)
      self_->send(each, what);
    waiting_.erase(at);
  }
  self_->send(owner, what);
  keep(*what);
}

void state_keeper_state::keep(const ending& what) {
  auto simply = !what.failed && !what.fatal && !what.roll_back && !what.blocked
                && !what.cancelled;
  if (simply) {
    ended_.erase(what.id);
    went_well_.insert(what.id);
    return;
  }
  // Without holding on to old names.
  auto bare = std::make_shared<ending>(what);
  bare->names = {};
  ended_[what.id] = std::move(bare);
}

std::shared_ptr<ending>
state_keeper_state::find_ended(const std::string& id) const {
  if (auto at = ended_.find(id); at != ended_.end())
    return std::make_shared<ending>(*at->second);
  if (!went_well_.contains(id))
    return nullptr;
  auto out = std::make_shared<ending>();
  out->id = out->culprit = id;
  return out;
}

void state_keeper_state::on_subscribe(const std::vector<std::string>& ids,
                                      const ending_listener& who) {
  for (auto& id : ids) {
    auto fresh = find_ended(id);
    if (!fresh) {
      waiting_[id].push_back(who);
      continue;
    }
    fresh->names = names_;
    self_->send(who, ending_ptr{std::move(fresh)});
  }
}

void state_keeper_state::on_facts(const facts_ptr& found) {
  // Every play asks for them; they are collected once.
  if (setting_.log
      && std::exchange(facts_noted_, found->collected) != found->collected)
    check(setting_.log->facts(found->facts));
  names_.facts = names_.facts.with_all(found->facts);
  ++names_.version;
  auto event = event_of(run_event::kind::facts_collected, "");
  event.text = std::to_string(found->facts.size()) + " facts";
  event.counts = so_far_.counts;
  self_->send(progress_, std::move(event));
}

void state_keeper_state::forget_facts() {
  names_.facts = {};
  ++names_.version;
}

std::vector<std::string> state_keeper_state::take_notified() {
  return std::exchange(notified_, {});
}

ending_ptr state_keeper_state::names() const {
  ending what;
  what.names = names_;
  return std::make_shared<const ending>(std::move(what));
}

snapshot_ptr state_keeper_state::snapshot() const {
  auto copy = so_far_;
  copy.running.assign(running_.begin(), running_.end());
  return std::make_shared<const run_snapshot>(std::move(copy));
}

state_keeper_actor::behavior_type
state_keeper(state_keeper_actor::stateful_pointer<state_keeper_state> self,
             state_setting setting) {
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](play_atom, std::string& name) { state.on_play(std::move(name)); },
    [&state](started_atom, std::string& id, std::string& name,
             std::string& module, bool handler) {
      state.on_started(std::move(id), std::move(name), std::move(module),
                       handler);
    },
    [&state](retry_atom, std::string& id, uint32_t attempt,
             caf::timespan pause) {
      state.on_retry(std::move(id), attempt, pause);
    },
    [&state](ended_atom, const report_ptr& report,
             const ending_listener& owner) { state.on_ended(*report, owner); },
    [&state](replay_atom, const report_ptr& report,
             const ending_listener& owner) { state.on_replay(*report, owner); },
    [&state](ended_atom, const block_report& report,
             const ending_listener& owner) { state.on_ended(report, owner); },
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
