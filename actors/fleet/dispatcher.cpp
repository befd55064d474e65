#include "actors/fleet/dispatcher.hpp"

#include "actors/supervision.hpp"
#include "config/value/duration.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::milliseconds beat{500};

} // namespace

bool goes_on(const fleet_run& x) {
  return !is_settled(x.status);
}

dispatcher_state::moment dispatcher_state::now() const {
  return self_->clock().now();
}

void dispatcher_state::attach(registry_actor registry) {
  registry_ = std::move(registry);
}

void dispatcher_state::meet(const fleet_target& host) {
  if (!host.session)
    return left(host.name);
  there_.insert_or_assign(host.name, *host.session);
  for (auto& [name, one] : runs_) {
    if (auto* which = host_in(one, host.name))
      met(one, *which, *host.session);
    advance(one);
  }
}

void dispatcher_state::left(const std::string& host) {
  auto at = there_.find(host);
  for (auto& [name, one] : runs_)
    // What nobody was told yet it hears anew when it is back.
    std::erase_if(one.unsaid, [&](auto& each) {
      return at != there_.end() && each.first == at->second;
    });
  there_.erase(host);
  asked_.erase(host);
  for (auto& [name, one] : runs_)
    if (auto* which = host_in(one, host)) {
      one.times[host].left = now();
      // It may never have heard of it.
      if (which->status == fleet_status::offered)
        settle(one, *which, fleet_status::waiting, {});
      save(one);
    }
}

void dispatcher_state::met(run& one, fleet_run_host& which,
                           const session_actor& session) {
  auto& times = one.times[which.host];
  times.missed = times.left = moment::max();
  if (which.status == fleet_status::offered && one.cancelled)
    settle(one, which, fleet_status::cancelled, {});
  else if (which.status == fleet_status::offered)
    offer(one, which);
  else if (which.status != fleet_status::running)
    return;
  else if (one.cancelled)
    say(one, session, link_cancel{one.info.run, "cancelled"});
  else {
    // A host that was made anew knows nothing of what it had begun.
    asked_[which.host][one.info.run] = ++last_question_;
    say(one, session,
        link_ask{last_question_, link_question::state, one.info.run, "{}"});
  }
}

void dispatcher_state::hear(const session_said& what) {
  auto& message = *what.message;
  if (auto* plan = std::get_if<link_submit>(&message))
    submit(what, *plan);
  else if (auto* part = std::get_if<link_piece>(&message))
    piece(what, *part);
  else if (auto* wish = std::get_if<link_want>(&message))
    want(what, *wish);
  else if (auto* yes = std::get_if<link_accept>(&message))
    accept(what, yes->run);
  else if (auto* no = std::get_if<link_decline>(&message))
    decline(what, *no);
  else if (auto* stop = std::get_if<link_cancel>(&message))
    cancel(what, stop->run);
  else if (auto* told = std::get_if<link_answer>(&message))
    take_answer(what, *told);
  else if (auto* ask = std::get_if<link_ask>(&message))
    answer(what, *ask);
}

void dispatcher_state::tick() {
  for (auto& [name, one] : runs_) {
    if (one.info.status == fleet_status::receiving && now() >= one.patience)
      refuse(one, "its order did not come in time");
    look_at_time(one);
    advance(one);
  }
  std::erase_if(runs_, [this](auto& each) {
    auto& one = each.second;
    if (goes_on(one.info) || !one.unsaved.empty() || one.info_unsaved)
      return false;
    for (auto& [host, questions] : asked_)
      questions.erase(each.first);
    return true;
  });
  self_->delayed_send(dispatcher_actor{self_}, beat, tick_atom_v);
}

/// Hosts that do not come, or do not come to an end.
void dispatcher_state::look_at_time(run& one) {
  if (one.info.status != fleet_status::running
      && one.info.status != fleet_status::cancelling)
    return;
  for (auto i : next_step(one.hosts, one.terms).begin)
    if (is_absent(one, one.hosts[i].host))
      settle(one, one.hosts[i], fleet_status::absent, "it is not connected");
  for (auto& each : one.hosts) {
    if (is_settled(each.status) || now() < one.times[each.host].due)
      continue;
    auto at = there_.find(each.host);
    if (at != there_.end())
      say(one, at->second, link_cancel{one.info.run, "it took too long"});
    auto& obstacle = one.times[each.host].obstacle;
    settle(one, each, fleet_status::lost,
           "it has not ended within " + format_duration(one.terms.host_timeout)
             + " of its turn"
             + (at == there_.end() ? ", and is not connected" : "")
             + (obstacle.empty() ? "" : "; it was busy: " + obstacle));
  }
}

bool dispatcher_state::is_absent(run& one, const std::string& host) {
  if (there_.contains(host))
    return false;
  auto& times = one.times[host];
  times.missed = std::min(times.missed, now());
  auto until = std::max(one.patience, times.missed + one.terms.wait);
  // A link that was lost meanwhile may be back in a moment.
  if (times.left != moment::max())
    until = std::max(until, times.left + setting_.grace);
  return now() >= until;
}

void dispatcher_state::advance(run& one) {
  if (one.info.status == fleet_status::running
      || one.info.status == fleet_status::cancelling) {
    auto step = next_step(one.hosts, one.terms);
    if (step.stop)
      for (auto& each : one.hosts)
        if (each.status == fleet_status::waiting)
          settle(one, each, fleet_status::left_out,
                 "too many hosts have failed");
    if (!one.cancelled)
      for (auto i : step.begin)
        offer(one, one.hosts[i]);
    end_if_over(one);
  }
  save(one);
}

void dispatcher_state::offer(run& one, fleet_run_host& to) {
  auto at = there_.find(to.host);
  auto digest = from_hex(one.info.digest);
  if (at == there_.end() || !digest)
    return;
  if (to.since == store_time{}) {
    to.since = setting_.services.machine->clock().now();
    one.times[to.host].due = now() + one.terms.host_timeout;
  }
  settle(one, to, fleet_status::offered, {});
  link_offer out;
  out.run = one.info.run;
  out.digest = *digest;
  out.size = one.info.size;
  out.signature = one.info.signature;
  out.key = one.info.key;
  out.options = "{}";
  say(one, at->second, std::move(out));
}

void dispatcher_state::settle(run& one, fleet_run_host& which,
                              fleet_status status, const std::string& text) {
  which.status = one.cancelled && status == fleet_status::waiting
                   ? fleet_status::cancelled
                   : status;
  which.text = text;
  one.unsaved.insert_or_assign(which.host, which);
}

void dispatcher_state::end_if_over(run& one) {
  if (!next_step(one.hosts, one.terms).over)
    return;
  one.info.status = outcome_of(one.hosts, one.cancelled);
  one.info.ended = setting_.services.machine->clock().now();
  one.info_unsaved = true;
}

fleet_run_host* dispatcher_state::host_in(run& one, const std::string& name) {
  auto found = std::find_if(one.hosts.begin(), one.hosts.end(),
                            [&](auto& each) { return each.host == name; });
  return found == one.hosts.end() ? nullptr : &*found;
}

dispatcher_state::run* dispatcher_state::find_run(const std::string& name) {
  auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : &found->second;
}

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const registry_actor& who) { self->state.attach(who); },
    [self](const fleet_target_ptr& host) { self->state.meet(*host); },
    [self](const session_said_ptr& what) { self->state.hear(*what); },
    [self](const host_run_end_ptr& how) { self->state.ended(*how); },
    [self](tick_atom) { self->state.tick(); },
  };
}

} // namespace troupe
