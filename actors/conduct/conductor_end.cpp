#include "actors/conduct/conductor.hpp"
#include "actors/state/journal.hpp"
#include "actors/supervision.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// What the run tells, and how it ends.

namespace {

void append(std::vector<std::string>& to,
            const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// The sentence about hosts that no task has told of, behind that about all.
std::string words_for_dropped(const std::map<std::string, std::string>& hosts) {
  if (hosts.empty())
    return {};
  auto& [host, why] = *hosts.begin();
  auto more = hosts.size() - 1;
  auto others = more == 0
                  ? std::string{}
                  : fmt::format(" and {} other{}", more, more == 1 ? "" : "s");
  return fmt::format(" The host '{}'{} took no part in the rest of it: {}.",
                     host, others, why);
}

} // namespace

void conductor_state::say(run_event::kinds what) {
  run_event event;
  event.what = std::move(what);
  event.host = ctx().own_name();
  event.time = ctx().machine->clock().now();
  event.counts = told_.counts;
  self_->send(told_.to, std::move(event));
}

void conductor_state::count(host_run& on, const run_counts& now) {
  told_.counts.remove(on.counts);
  told_.counts.add(now);
  on.counts = now;
}

void conductor_state::on_event(const run_event& event) {
  auto& there = runs_[event.host];
  auto now = event.counts;
  now.total += there.planned;
  count(there, now);
  if (auto* begun = event.as<task_started>())
    there.tasks[begun->task] = begun->name;
  else if (auto* ended = event.as<task_ended>())
    there.tasks.erase(ended->result->id);
  // These are said once for all.
  if (event.as<run_started>() || event.as<run_ended>()
      || event.as<play_started>())
    return;
  auto of_all = event;
  of_all.counts = told_.counts;
  self_->send(told_.to, std::move(of_all));
}

snapshot_ptr conductor_state::snapshot() const {
  auto out = std::make_shared<run_snapshot>();
  if (now_.what)
    out->play = now_.what->name;
  out->counts = told_.counts;
  for (auto& [host, each] : runs_)
    for (auto& [id, name] : each.tasks) {
      out->running.push_back(id);
      out->running_names.push_back(fmt::format("[{}] {}", host, name));
    }
  return out;
}

void conductor_state::cancel(cancel_reason reason) {
  // Also while it waits for jobs that tasks have left in the background.
  bool insists = outcome_.ended<run_cancelled>() != nullptr;
  if (end_.gone
      || !(insists || std::holds_alternative<run_completed>(outcome_.how)))
    return;
  // The first reason counts.
  if (!insists)
    outcome_.how = run_cancelled{reason};
  end_.over = true;
  now_.queued.clear();
  for (auto& [host, each] : runs_)
    self_->send(each.actor, cancel_atom_v, reason);
}

void conductor_state::finish_hosts() {
  end_.finishing = true;
  for (auto& [host, each] : runs_)
    self_->send(each.actor, finish_atom_v);
  finish_if_all_ended();
}

void conductor_state::finish_if_all_ended() {
  // Those that broke off have ended before.
  if (std::all_of(runs_.begin(), runs_.end(),
                  [](auto& each) { return each.second.outcome.has_value(); }))
    finish();
}

void conductor_state::on_host_ended(const std::string& host,
                                    const run_outcome& how) {
  auto& mine = runs_[host];
  if (mine.outcome)
    return;
  mine.outcome = how;
  mine.tasks.clear();
  count(mine, how.counts);
  self_->demonitor(mine.actor.address());
  // One that broke off cannot be told from one that did nothing.
  if (!end_.finishing) {
    part_ended(host, {.failed = true, .fatal = true});
    return;
  }
  finish_if_all_ended();
}

void conductor_state::on_down(const caf::down_msg& down) {
  if (end_.gone || !down.reason)
    return;
  for (auto& [host, each] : runs_)
    if (each.actor.address() == down.source) {
      run_outcome lost;
      lost.how = run_broken{fmt::format("internal error: the run of {} died: "
                                        "{}",
                                        host, words_of(down.reason))};
      lost.counts = each.counts;
      return on_host_ended(host, lost);
    }
  if (down.source == told_.to.address()
      || down.source == setting_.slots.address()) {
    outcome_.how = run_broken{"internal error: " + words_of(down.reason)};
    finish();
  }
}

void conductor_state::finish() {
  if (std::exchange(end_.gone, true))
    return;
  run_ended last;
  for (auto& [host, each] : runs_) {
    if (!each.outcome)
      continue;
    auto& how = *each.outcome;
    outcome_.counts.add(how.counts);
    if (!lost_.forgiven.contains(host))
      append(outcome_.failed_tasks, how.failed_tasks);
    append(outcome_.changed_tasks, how.changed_tasks);
    append(outcome_.unknown_tasks, how.unknown_tasks);
    append(outcome_.view_troubles, how.view_troubles);
    if (std::holds_alternative<run_completed>(outcome_.how))
      outcome_.how = how.how;
    last.hosts.emplace_back(host, how.counts);
  }
  // Ansible's code for a play that ended for all is that of failures.
  if (!now_.broken)
    outcome_.unreachable_hosts.assign(lost_.unreachable.begin(),
                                      lost_.unreachable.end());
  auto& clock = ctx().machine->clock();
  outcome_.duration = clock.steady_now() - begun_;
  outcome_.dry = ctx().options.check_mode;
  outcome_.sentence = sentence_for(outcome_);
  outcome_.sentence += words_for_dropped(end_.dropped);
  if (!end_.undirected.empty())
    outcome_.sentence += fmt::format(
      " A play could not begin, and the run ended there: {}", end_.undirected);
  // It is written down as well.
  if (auto& secrets = ctx().secrets)
    secrets->hide_in(outcome_.sentence);
  if (auto& log = ctx().log) {
    auto noted
      = log->ended({clock.now(), !outcome_.well(), outcome_.is_taken_back(),
                    outcome_.sentence, outcome_.counts});
    if (!noted && !outcome_.ended<run_broken>())
      outcome_.how = run_unrecorded{noted.why().message};
  }
  last.failed = !outcome_.well();
  last.message = outcome_.sentence;
  last.duration = outcome_.duration;
  say(std::move(last));
  self_->request(told_.to, caf::infinite, finish_atom_v)
    .then(
      [this](const std::vector<std::string>& troubles) {
        append(outcome_.view_troubles, troubles);
        let_go();
      },
      [this](const caf::error&) { let_go(); });
}

void conductor_state::let_go() {
  abandon(caf::exit_reason::user_shutdown);
  setting_.on_end(outcome_);
  self_->quit();
}

void conductor_state::abandon(const caf::error& why) {
  for (auto& [host, each] : runs_)
    if (each.actor)
      self_->send_exit(each.actor, why);
  for (auto& end : {caf::actor_cast<caf::actor>(setting_.slots),
                    caf::actor_cast<caf::actor>(told_.to)})
    if (end)
      self_->send_exit(end, why);
}

} // namespace troupe
