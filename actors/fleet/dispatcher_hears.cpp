#include "actors/fleet/dispatcher.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

/// Nothing was heard of its end, and there may be one all the same.
bool is_guessed(fleet_status status) {
  return status == fleet_status::lost || status == fleet_status::absent;
}

/// Nobody waits for its end, and the host has not said itself that there is
/// one: it may be at work all the same.
bool is_given_up(fleet_status status) {
  return is_settled(status) && status != fleet_status::ok
         && status != fleet_status::failed;
}

} // namespace

void dispatcher_state::accept(const session_said& from,
                              const std::string& run_name) {
  auto* one = find_run(run_name);
  auto* which = one ? host_in(*one, from.who.name) : nullptr;
  if (!one || (which && !goes_on(one->info) && is_given_up(which->status)))
    return accept_late(from, run_name);
  if (!which)
    return;
  // It has begun all the same; what was settled hears of its end no more.
  if (one->cancelled || is_given_up(which->status))
    say(*one, from.session, link_cancel{run_name, "nobody waits for it"});
  if (which->status == fleet_status::offered
      || which->status == fleet_status::waiting
      || which->status == fleet_status::left_out
      || which->status == fleet_status::cancelled)
    settle(*one, *which, fleet_status::running, {});
  one->times[which->host].obstacle.clear();
  save(*one);
}

/// A host goes on with a run that is over. Without an end of its own it was
/// given up, and ends now that it can be reached.
void dispatcher_state::accept_late(const session_said& from,
                                   const std::string& run_name) {
  std::unique_lock held{setting_.services.store->mutex};
  auto hosts = setting_.services.store->kept->hosts_of(run_name);
  held.unlock();
  if (!hosts)
    return;
  auto which = std::find_if(hosts->begin(), hosts->end(), [&](auto& each) {
    return each.host == from.who.name;
  });
  if (which == hosts->end()
      || (is_settled(which->status) && !is_given_up(which->status)))
    return;
  self_->send(from.session, std::make_shared<const link_message>(
                              link_cancel{run_name, "its run is over"}));
}

void dispatcher_state::decline(const session_said& from,
                               const link_decline& what) {
  auto* one = find_run(what.run);
  auto* which = one ? host_in(*one, from.who.name) : nullptr;
  if (!which || is_settled(which->status)
      || which->status == fleet_status::waiting)
    return;
  if (what.why != plan_refusal::busy) {
    // Also of what it has accepted: it looked again, and does not do it.
    settle(*one, *which, fleet_status::declined,
           std::string{to_string(what.why)} + ": " + what.text);
    return advance(*one);
  }
  // It is tried again with the next beat, and people see for what it waits.
  one->times[which->host].obstacle = what.text;
  if (which->status == fleet_status::offered)
    settle(*one, *which, fleet_status::waiting, {});
  save(*one);
}

void dispatcher_state::cancel(const session_said& from,
                              const std::string& run_name) {
  auto* one = find_run(run_name);
  if (!one || one->cancelled || !goes_on(one->info))
    return;
  note(from, "cancelled", "run " + run_name);
  one->cancelled = true;
  one->info.status = fleet_status::cancelling;
  one->info_unsaved = true;
  for (auto& each : one->hosts) {
    auto at = there_.find(each.host);
    // One that is away and has begun says so when it is back.
    if (each.status == fleet_status::waiting
        || (each.status == fleet_status::offered && at == there_.end()))
      settle(*one, each, fleet_status::cancelled, {});
    else if (!is_settled(each.status) && at != there_.end())
      say(*one, at->second,
          link_cancel{run_name, "cancelled by " + from.who.name});
  }
  advance(*one);
}

/// What a host says of a run that it was told to have accepted.
void dispatcher_state::take_answer(const session_said& from,
                                   const link_answer& what) {
  auto host = asked_.find(from.who.name);
  if (host == asked_.end())
    return;
  auto& questions = host->second;
  auto found
    = std::find_if(questions.begin(), questions.end(),
                   [&](auto& each) { return each.second == what.number; });
  if (found == questions.end())
    return;
  auto run_name = found->first;
  questions.erase(found);
  auto* one = find_run(run_name);
  auto* which = one ? host_in(*one, from.who.name) : nullptr;
  auto read = parse_json(what.body);
  auto* known = read ? read->find("known") : nullptr;
  if (!which || which->status != fleet_status::running || !known
      || !known->is_bool() || known->as_bool())
    return;
  settle(*one, *which, fleet_status::lost,
         "it knows nothing of this run any more");
  advance(*one);
}

void dispatcher_state::ended(const host_run_end& how) {
  auto* one = find_run(how.run);
  auto* which = one ? host_in(*one, how.host) : nullptr;
  if (!which || (is_settled(which->status) && !is_guessed(which->status)))
    return;
  settle(*one, *which, how.failed ? fleet_status::failed : fleet_status::ok,
         how.text);
  advance(*one);
}

} // namespace troupe
