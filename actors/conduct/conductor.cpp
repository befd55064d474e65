#include "actors/conduct/conductor.hpp"

#include "actors/conduct/batches.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// Plays, batches and the runs of hosts; see conductor_gate.cpp for what happens
// at gates, conductor_end.cpp for events and the end.

namespace {

/// Passes the events of a HOST RUN on to CONDUCTOR.
class relay final : public sink {
public:
  explicit relay(conductor_actor to)
      : sink{std::make_shared<every_event>()}, to_{std::move(to)} {
  }

  void put(const event_ptr& event) override {
    caf::anon_send(to_, event);
  }

  void finish(std::function<void(std::string)> done) override {
    done({});
  }

private:
  struct every_event final : event_writer {
    bool wants(const run_event&) const override {
      return true;
    }

    void on(const run_event&) override {
      // CONDUCTOR's own sinks write them.
    }
  };

  conductor_actor to_;
};

} // namespace

void conductor_state::start(run_setting setting, conducting how) {
  setting_ = std::move(setting);
  how_ = std::move(how);
  auto& machine = setting_.ctx->machine;
  std::shared_ptr<clock_source> clock{machine, &machine->clock()};
  begun_ = clock->steady_now();
  told_.to = self_->spawn(
    progress, progress_setting{ctx().run_id, ctx().own_name(), clock,
                               setting_.sinks, ctx().secrets});
  auto all = how_.hosts->chosen({"all"});
  auto slots
    = all && all->size() > 1 ? how_.forks : ctx().options.parallel_tasks;
  setting_.slots = self_->spawn(scheduler, slots);
  self_->monitor(told_.to);
  self_->monitor(setting_.slots);
}

void conductor_state::go() {
  say(run_started{ctx().what->name});
  auto limit = ctx().options.execution_timeout;
  if (limit.count() > 0)
    self_->delayed_send(self_, limit, tick_atom_v);
  if (next_play())
    advance();
  else
    finish_hosts();
}

result<std::vector<std::string>> conductor_state::patterns() const {
  auto& what = *now_.what;
  return what.open_hosts.is_null()
           ? what.hosts
           : patterns_in(what.open_hosts, *ctx().templates, names_of_play());
}

dict conductor_state::names_of_play() const {
  dict out;
  if (auto* vars = now_.what->said.vars())
    out = *vars;
  for (std::string_view each : {"groups", "hostvars"})
    if (auto x = how_.hosts->find(ctx().own_name(), each))
      out.set(each, std::move(*x));
  for (auto& [key, x] : *ctx().extra_vars)
    out.set(key, x);
  return out;
}

bool conductor_state::choose_hosts() {
  how_.hosts->stand_in(now_.what->beside);
  auto wanted = patterns();
  if (!wanted) {
    break_off(wanted.why().message);
    return false;
  }
  auto hosts = how_.hosts->chosen(*wanted);
  if (!hosts) {
    break_off(hosts.why().message);
    return false;
  }
  // What was told before the run need not be told again.
  auto& told = now_.what->unmatched_hosts;
  told_.unmatched.insert(told.begin(), told.end());
  for (auto& each : how_.hosts->unmatched(*wanted))
    if (told_.unmatched.insert(each).second)
      say(run_trouble{
        fmt::format("{}: no host and no group matches '{}': ignored",
                    to_string(now_.what->hosts_place), each)});
  // Without the limit that is meant it would go on however many have failed.
  if (auto most = most_failures(); most) {
    now_.most_failures = *most;
  } else if (!end_.over && !hosts->empty()) {
    break_off(most.why().message);
    return false;
  }
  put_in_order(*hosts, now_.what->order,
               ctx().run_id + to_string(now_.what->place));
  now_.hosts = std::move(*hosts);
  now_.batches = batches_of(now_.hosts, now_.what->serial);
  return !now_.hosts.empty();
}

void conductor_state::break_off(const std::string& why) {
  if (std::exchange(end_.over, true))
    return;
  auto& what = *now_.what;
  auto place = to_string(what.place);
  say(run_trouble{fmt::format("{}: {}", place, why)});
  // Behind it the place in the template is shown.
  end_.undirected = fmt::format("{}: {}", place, why.substr(0, why.find('\n')));
  outcome_.failed_tasks.push_back(what.name);
  outcome_.stuck = true;
}

namespace {

/// Whether the play only says what it would do.
bool is_checked(const play& what, const run_context& ctx) {
  auto* said = what.said.known("check_mode");
  return said && said->is_bool() ? said->as_bool() : ctx.options.check_mode;
}

} // namespace

bool conductor_state::next_play() {
  auto& plays = ctx().what->plays;
  while (next_ < plays.size()) {
    now_ = {};
    now_.what = &plays[next_];
    now_.tasks = tasks_in(*now_.what);
    now_.number = next_++;
    if (choose_hosts())
      return next_batch();
    if (!end_.over)
      say(play_started{now_.what->name, true, false,
                       is_checked(*now_.what, ctx())});
  }
  return false;
}

bool conductor_state::next_batch() {
  if (now_.ended || now_.next_batch == now_.batches.size()) {
    end_.over = end_.over || now_.broken;
    return false;
  }
  now_.batch = now_.batches[now_.next_batch++];
  // What is only accounted for needs no batches.
  if (end_.over)
    for (; now_.next_batch < now_.batches.size(); ++now_.next_batch)
      now_.batch.insert(now_.batch.end(), now_.batches[now_.next_batch].begin(),
                        now_.batches[now_.next_batch].end());
  now_.lost = 0;
  auto gone = lost_.failed;
  gone.insert(lost_.unreachable.begin(), lost_.unreachable.end());
  how_.hosts->begin_batch(now_.hosts, now_.batch, std::move(gone));
  bool free = now_.what->strategy != play_strategy::linear;
  if (!end_.over)
    say(play_started{now_.what->name, false, free,
                     is_checked(*now_.what, ctx())});
  size_t alive = 0;
  for (auto& each : now_.batch) {
    alive += end_.over || is_lost(each) ? 0 : 1;
    // What hosts that never played do not do is not counted.
    if (!(end_.over || is_lost(each)) || runs_.contains(each))
      now_.queued.push_back(each);
  }
  now_.gated = !free && alive > 1;
  return true;
}

void conductor_state::advance() {
  // A loop, as there may be any number of plays in which nothing begins.
  for (;;) {
    begin_hosts();
    if (!now_.active.empty())
      return;
    end_batch();
    if (!next_batch() && !next_play())
      return finish_hosts();
  }
}

void conductor_state::begin_hosts() {
  bool pinned = now_.what->strategy == play_strategy::host_pinned;
  auto hosts = std::exchange(now_.queued, {});
  // They are all there before the first of them comes to a gate.
  for (size_t i = 0; i < hosts.size(); ++i)
    if (pinned && now_.active.size() >= how_.forks)
      now_.queued.push_back(hosts[i]);
    else if (run_of(hosts[i]))
      now_.active.insert(hosts[i]);
  for (auto& each : hosts)
    if (now_.active.contains(each)
        && std::find(now_.queued.begin(), now_.queued.end(), each)
             == now_.queued.end())
      begin_host(each);
}

void conductor_state::begin_host(const std::string& host) {
  play_part part{now_.number, now_.gated, end_.over || is_lost(host)};
  auto& there = runs_[host];
  there.planned += now_.tasks;
  there.counts.total += now_.tasks;
  told_.counts.total += now_.tasks;
  self_->request(there.actor, caf::infinite, begin_atom_v, part)
    .then([this, host](const play_outcome& how) { part_ended(host, how); },
          [this, host](const caf::error&) {
            // Its death is told by `on_down`.
            part_ended(host, {.failed = true, .fatal = true});
          });
}

bool conductor_state::is_lost(const std::string& host) const {
  return lost_.failed.contains(host) || lost_.unreachable.contains(host);
}

void conductor_state::lose(const std::string& host, bool unreachable) {
  now_.lost += is_lost(host) ? 0 : 1;
  (unreachable ? lost_.unreachable : lost_.failed).insert(host);
  lost_.forgiven.erase(host);
  how_.hosts->leave(host);
}

void conductor_state::part_ended(const std::string& host,
                                 const play_outcome& how) {
  if (now_.active.erase(host) == 0)
    return;
  if (how.unreachable || how.fatal)
    lose(host, how.unreachable);
  if (how.left)
    how_.hosts->leave(host);
  waiting_.erase(host);
  step_.once_for.erase(host);
  if (step_.once && step_.once->host == host)
    give_up_once();
  outcome_.rolled_back = outcome_.rolled_back || how.rolled_back;
  outcome_.rollback_cut_off = outcome_.rollback_cut_off || how.rollback_cut_off;
  if (!now_.queued.empty())
    begin_hosts();
  check_gate();
  if (now_.active.empty())
    advance();
}

void conductor_state::end_batch() {
  step_ = {};
  waiting_.clear();
  labels_.clear();
  done_before_.clear();
  lost_.failing.clear();
  if (!now_.batch.empty() && now_.lost == now_.batch.size())
    end_.over = true;
}

run_actor conductor_state::run_of(const std::string& host) {
  auto at = runs_.find(host);
  // In each play anew: others may count in its folder. One that only accounts
  // for its tasks needs none.
  if (!end_.over && !is_lost(host))
    if (auto vars = how_.hosts->vars_of(host); !vars) {
      drop_host(host, vars.why().message);
      if (at == runs_.end())
        return run_actor{};
    }
  if (at != runs_.end())
    return at->second.actor;
  auto made = how_.context_of(host);
  if (!made) {
    drop_host(host, made.why().message);
    return run_actor{};
  }
  conductor_actor me{self_};
  run_setting setting;
  setting.ctx = std::move(*made);
  setting.sinks.push_back(std::make_shared<relay>(me));
  setting.threads = setting_.threads;
  setting.stage = me;
  if (how_.alone)
    setting.wants_facts = setting_.wants_facts;
  else
    setting.slots = setting_.slots;
  setting.on_end = [me, host](const run_outcome& how) {
    caf::anon_send(me, ended_atom_v, host,
                   std::make_shared<const run_outcome>(how));
  };
  auto& made_run = runs_[host];
  made_run.actor = self_->spawn(run, std::move(setting));
  self_->monitor(made_run.actor);
  self_->send(made_run.actor, go_atom_v);
  return made_run.actor;
}

void conductor_state::drop_host(const std::string& host,
                                const std::string& why) {
  say(run_trouble{fmt::format(
    "the host '{}' takes no part in the rest of the run: {}", host, why)});
  lose(host, false);
  outcome_.failed_tasks.push_back(host);
  // Behind it the place is shown.
  end_.dropped.emplace(host, why.substr(0, why.find('\n')));
}

void conductor_state::on_meta(const std::string&, const std::string& action) {
  bool ends = action == "end_play" || action == "end_batch";
  now_.ended = now_.ended || action == "end_play";
  if (ends)
    now_.queued.clear();
  for (auto& each : now_.active)
    if (ends)
      self_->send(runs_[each].actor, play_atom_v, finish_atom_v);
  // Also those that would end the plays behind this one.
  now_.broken = now_.broken && action != "clear_host_errors";
  if (action == "clear_host_errors") {
    // Nor does the step end anything that has not been judged yet.
    step_.failed = false;
    step_.fatal = false;
    lost_.failing.clear();
    for (auto& each : now_.hosts)
      if (lost_.failed.erase(each) + lost_.unreachable.erase(each) > 0)
        lost_.forgiven.insert(each);
  }
  if (action == "refresh_inventory")
    if (auto done = how_.hosts->refresh(); !done)
      say(run_trouble{done.why().message});
}

conductor_actor::behavior_type
conductor(conductor_actor::stateful_pointer<conductor_state> self,
          run_setting setting, conducting how) {
  supervise(self);
  self->state.start(std::move(setting), std::move(how));
  auto& state = self->state;
  return {
    [&state](go_atom) { state.go(); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](query_atom) { return state.snapshot(); },
    [&state](arrived_atom, arrival_ptr& there) {
      return state.on_arrived(std::move(there));
    },
    [&state](ended_atom, const host_task_end_ptr& ended) {
      state.on_task_ended(*ended);
    },
    [&state](meta_atom, const std::string& host, const std::string& action) {
      state.on_meta(host, action);
    },
    [&state](const event_ptr& event) { state.on_event(*event); },
    [&state](ended_atom, const std::string& host, const outcome_ptr& how) {
      state.on_host_ended(host, *how);
    },
    [&state](tick_atom) { state.cancel(cancel_reason::timeout); },
  };
}

} // namespace troupe
