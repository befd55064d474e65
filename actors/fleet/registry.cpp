#include "actors/fleet/registry.hpp"

#include "actors/supervision.hpp"
#include "config/fleet/fleet_names.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

// A host that comes so often within a minute while it is there is two.
constexpr size_t most_replaced = 5;
constexpr std::chrono::minutes replaced_within{1};
constexpr std::chrono::seconds away_for{60};
// Runs that a host tells of by itself, at once.
constexpr size_t most_reporters = 64;
constexpr std::chrono::seconds crowded_for{10};
constexpr std::chrono::seconds registry_pause{1};

} // namespace

void registry_state::start(registry_setting setting) {
  setting_ = std::move(setting);
  trouble_ = trouble_teller{setting_.services.tell};
  std::lock_guard held{setting_.services.store->mutex};
  auto members = setting_.services.store->kept->members();
  auto tokens = setting_.services.store->kept->tokens();
  if (!members || !tokens)
    return self_->quit(
      caf::make_error(caf::sec::runtime_error,
                      members ? tokens.why().message : members.why().message));
  for (auto& each : *members)
    members_[each.name].member = std::move(each);
  for (auto& each : *tokens)
    tokens_[each.digest] = std::move(each);
  count_hosts();
  self_->send(registry_actor{self_}, tick_atom_v);
}

store_time registry_state::now() const {
  return setting_.services.machine->clock().now();
}

registry_state::moment registry_state::steady_now() const {
  return self_->clock().now();
}

void registry_state::arrive(const session_arrival& who) {
  auto how = judge(who);
  if (!how.refusal) {
    auto& one = members_[who.who.name];
    one.member.seen = now();
    one.member.software = who.software;
    one.member.address = who.who.address;
    if (who.reports)
      one.reporters.insert(who.session);
    else
      replace(one, who);
    sessions_.emplace(who.session.address(), who.who.name);
    ++counter_of(who.who.role, who.reports);
    ++setting_.services.counters->host_news;
    self_->monitor(who.session);
    audit(who.reports ? "joined_to_report" : "joined", to_text(who.who),
          who.who.address, who.software);
  }
  self_->send(who.session, std::make_shared<const admission>(std::move(how)));
}

void registry_state::replace(known& one, const session_arrival& who) {
  auto why = std::make_shared<const session_end>(
    session_end{link_end::replaced, "the same host has come again"});
  if (who.who.role == link_role::runner)
    for (auto& each : one.sessions)
      self_->send(each, why);
  one.sessions.insert(who.session);
}

admission registry_state::judge(const session_arrival& who) {
  admission out;
  auto refuse = [&](link_refusal why, std::string text,
                    std::chrono::milliseconds retry = away_for) {
    out.refusal = why;
    out.text = std::move(text);
    out.retry = retry;
    return out;
  };
  auto found = members_.find(who.who.name);
  if (found == members_.end() || found->second.member.role != who.who.role)
    return refuse(link_refusal::revoked, "this fleet knows nobody like that");
  auto& member = found->second.member;
  auto& prints = member.fingerprints;
  if (std::find(prints.begin(), prints.end(), who.who.fingerprint)
      == prints.end())
    return refuse(
      member.revoked ? link_refusal::revoked : link_refusal::duplicate,
      "the name belongs to another certificate than " + who.who.fingerprint);
  if (member.revoked)
    return refuse(link_refusal::revoked, "the certificate was revoked");
  if (who.reports && found->second.reporters.size() >= most_reporters)
    return refuse(link_refusal::busy, "too many runs of this host at once",
                  crowded_for);
  if (!who.reports && comes_and_goes(found->second))
    return refuse(link_refusal::duplicate,
                  "two machines take turns under this name");
  std::lock_guard held{setting_.services.store->mutex};
  auto stored
    = setting_.services.store->kept->positions(who.who.name, streams_most);
  if (!stored)
    return refuse(link_refusal::busy, "the store cannot be read");
  out.stored = std::move(*stored);
  return out;
}

bool registry_state::comes_and_goes(known& one) {
  if (one.member.role != link_role::runner || one.sessions.empty())
    return false;
  auto moment = steady_now();
  while (!one.replaced.empty()
         && one.replaced.front() < moment - replaced_within)
    one.replaced.pop_front();
  one.replaced.push_back(moment);
  return one.replaced.size() > most_replaced;
}

void registry_state::leave(const session_said& who) {
  gone(who.who.name, who.session.address());
}

void registry_state::on_down(const caf::down_msg& down) {
  auto found = sessions_.find(down.source);
  if (found == sessions_.end())
    return;
  auto name = found->second;
  if (down.reason)
    audit("trouble", name, "", "its session died: " + words_of(down.reason));
  gone(name, down.source);
}

void registry_state::gone(const std::string& name,
                          const caf::actor_addr& session) {
  auto found = members_.find(name);
  if (!sessions_.erase(session) || found == members_.end())
    return;
  auto& one = found->second;
  auto is_it = [&](auto& each) { return each.address() == session; };
  bool was_there = std::erase_if(one.sessions, is_it) > 0;
  std::erase_if(one.reporters, is_it);
  --counter_of(one.member.role, !was_there);
  one.member.seen = now();
  keep_or_wait(one.member);
  if (was_there && one.member.role == link_role::runner && one.sessions.empty())
    self_->send(setting_.dispatcher, std::make_shared<const fleet_target>(
                                       fleet_target{name, std::nullopt}));
}

void registry_state::hear(const session_said& what) {
  auto found = members_.find(what.who.name);
  if (what.inside) {
    if (auto* asked = std::get_if<link_ask>(&*what.message))
      answer(what, *asked);
    return;
  }
  // One that was ended meanwhile.
  if (found == members_.end() || found->second.member.revoked)
    return;
  bool reports = found->second.reporters.contains(what.session);
  if (!reports && !found->second.sessions.contains(what.session))
    return;
  // It is not there for others: its agent is, or nobody.
  if (auto* said = std::get_if<link_about>(&*what.message); said && !reports)
    about(what, *said);
  else if (auto* asked = std::get_if<link_ask>(&*what.message))
    answer(what, *asked);
  else if (auto* wish = std::get_if<link_renew>(&*what.message))
    renew(what, *wish);
}

void registry_state::about(const session_said& from, const link_about& what) {
  auto& one = members_[from.who.name];
  auto& member = one.member;
  member.labels.clear();
  for (auto& each : what.labels)
    if (is_member_name(each))
      member.labels.push_back(each);
  member.facts = what.facts;
  one.facts = nullptr;
  keep_or_wait(member);
  // From now on it can be chosen.
  self_->send(setting_.dispatcher,
              std::make_shared<const fleet_target>(
                fleet_target{from.who.name, from.session}));
}

void registry_state::end_all(const session_end_ptr& why) {
  for (auto& [name, one] : members_)
    for (auto* all : {&one.sessions, &one.reporters})
      for (auto& each : *all)
        self_->send(each, why);
}

void registry_state::abandon(const caf::error&) {
  end_all(std::make_shared<const session_end>(
    session_end{link_end::stopping, "the controller ends"}));
}

result<void> registry_state::keep(const fleet_member& member) {
  ++setting_.services.counters->host_news;
  std::lock_guard held{setting_.services.store->mutex};
  return setting_.services.store->kept->put(member);
}

void registry_state::keep_or_wait(const fleet_member& member) {
  auto ok = keep(member);
  if (ok) {
    unsaved_.erase(member.name);
    return;
  }
  trouble_.say("what is known of hosts waits: " + ok.why().message);
  if (unsaved_.empty())
    self_->delayed_send(registry_actor{self_}, registry_pause, flush_atom_v);
  unsaved_.insert(member.name);
}

void registry_state::flush() {
  for (auto& name : std::exchange(unsaved_, {}))
    keep_or_wait(members_[name].member);
  if (unsaved_.empty())
    trouble_.over();
}

result<void> registry_state::keep(const join_token& token) {
  ++setting_.services.counters->host_news;
  std::lock_guard held{setting_.services.store->mutex};
  return setting_.services.store->kept->put(token);
}

void registry_state::audit(const std::string& what, const std::string& who,
                           const std::string& address,
                           const std::string& text) {
  setting_.services.audit->note({what, who, address, text});
}

void registry_state::note(const session_said& from, const std::string& what,
                          const std::string& text) {
  audit(what, to_text(from.who), from.who.address, text);
}

registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         registry_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const session_arrival_ptr& who) { self->state.arrive(*who); },
    [self](lost_atom, const session_said_ptr& who) { self->state.leave(*who); },
    [self](const session_said_ptr& what) { self->state.hear(*what); },
    [self](const target_question_ptr& what) {
      auto out = self->make_response_promise<target_answer_ptr>();
      self->state.choose(*what, [out](const target_answer& who) mutable {
        out.deliver(std::make_shared<const target_answer>(who));
      });
      return out;
    },
    [self](const join_question_ptr& who) { return self->state.join(*who); },
    [self](const session_end_ptr& why) { self->state.end_all(why); },
    [self](tick_atom) { self->state.tick(); },
    [self](flush_atom) { self->state.flush(); },
  };
}

} // namespace troupe
