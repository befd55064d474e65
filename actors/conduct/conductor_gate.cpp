#include "actors/conduct/conductor.hpp"
#include "config/plan/resolve_keywords.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// Where the hosts of a play wait for each other.

namespace {

/// Whether a place belongs to what the task at `outer` has included.
bool is_within(const task_place& where, const task_place& outer) {
  auto same = [](const place_step& a, const place_step& b) {
    return a.number == b.number && a.label == b.label;
  };
  return where.size() > outer.size()
         && std::equal(outer.begin(), outer.end(), where.begin(), same);
}

} // namespace

caf::result<gate_answer_ptr> conductor_state::on_arrived(arrival_ptr there) {
  auto promise = self_->make_response_promise<gate_answer_ptr>();
  auto host = there->host;
  // Its play has ended here, as when its run broke off: it does nothing for
  // others any more.
  if (!now_.active.contains(host))
    return promise;
  // One that has only handlers left plays no more, as the others see it, also
  // while it waits to begin with them.
  constexpr uint32_t after_tasks = 1;
  if (!there->where.empty() && there->where.front().number >= after_tasks
      && lost_.failing.contains(host))
    how_.hosts->leave(host);
  // Whoever was to tell how it has ended has died.
  if (step_.once && step_.once->host == host
      && !is_within(there->where, step_.once->where))
    give_up_once();
  waiting_[host] = {std::move(there), promise};
  check_gate();
  return promise;
}

void conductor_state::give_up_once() {
  step_.once = nullptr;
  waiting_.merge(std::exchange(step_.once_for, {}));
}

bool conductor_state::all_wait() const {
  // With many hosts nearly every one comes before the last.
  if (waiting_.size() + step_.once_for.size() < now_.active.size())
    return false;
  return std::all_of(now_.active.begin(), now_.active.end(), [&](auto& host) {
    return waiting_.contains(host) || step_.once_for.contains(host);
  });
}

bool conductor_state::is_rescuing(const std::string& host) const {
  auto at = waiting_.find(host);
  return at != waiting_.end() && at->second.there->rescuing;
}

void conductor_state::check_gate() {
  if (!all_wait())
    return;
  judge_step();
  if (!waiting_.empty())
    open_gate();
}

conductor_state::rank conductor_state::ranked(const task_place& where) {
  rank out;
  std::string way;
  for (auto& [number, label] : where) {
    way += fmt::format("/{}", number);
    uint32_t turn = 0;
    if (!label.empty()) {
      way += label;
      auto next = static_cast<uint32_t>(labels_.size()) + 1;
      turn = labels_.emplace(way, next).first->second;
    }
    out.emplace_back(number, turn);
  }
  return out;
}

void conductor_state::open_gate() {
  rank first;
  std::vector<std::string> group;
  for (auto& host : now_.batch) {
    auto at = waiting_.find(host);
    if (at == waiting_.end())
      continue;
    auto where = ranked(at->second.there->where);
    if (group.empty() || where < first) {
      first = std::move(where);
      group = {host};
    } else if (where == first) {
      group.push_back(host);
    }
  }
  auto begin = std::make_shared<const gate_answer>();
  for (auto& host : group)
    if (auto& there = waiting_.at(host).there; there->begun && !step_.once)
      step_.once = there;
  for (auto& host : group) {
    auto held = waiting_.extract(host);
    auto& each = held.mapped();
    step_.fatal = step_.fatal || each.there->fatal;
    if (auto at = done_before_.find(each.there->task);
        each.there->once && !each.there->begun && at != done_before_.end()) {
      each.answer.deliver(
        std::make_shared<const gate_answer>(gate_answer{at->second}));
      continue;
    }
    // What belongs to something that one host does for all has no others.
    if (each.there->once && step_.once && step_.once->host != host) {
      step_.once_for.insert(std::move(held));
      continue;
    }
    if (each.there->once && !step_.once)
      step_.once = each.there;
    each.answer.deliver(begin);
  }
}

void conductor_state::take_past(const host_task_end& ended) {
  auto& before = *ended.before;
  if (before.for_all)
    done_before_.emplace(ended.report->result->id, ended.report);
  if (!before.failed)
    return;
  lost_.failing.insert(ended.host);
  step_.past.push_back({ranked(before.where), ended.fatal});
}

conductor_state::failures conductor_state::take_past_failures() {
  failures out;
  auto is_open = [&](const past_failure& each) {
    for (auto* all : {&waiting_, &step_.once_for})
      for (auto& [host, there] : *all)
        if (ranked(there.there->where) <= each.where)
          return true;
    return false;
  };
  std::erase_if(step_.past, [&](auto& each) {
    if (is_open(each))
      return false;
    out.any = true;
    out.fatal = out.fatal || each.fatal;
    return true;
  });
  return out;
}

void conductor_state::on_task_ended(const host_task_end& ended) {
  if (ended.before)
    return take_past(ended);
  auto& result = *ended.report->result;
  if (step_.once && step_.once->host == ended.host
      && step_.once->task == result.id) {
    step_.once = nullptr;
    auto done = std::make_shared<const gate_answer>(gate_answer{ended.report});
    for (auto& [host, each] : std::exchange(step_.once_for, {}))
      each.answer.deliver(done);
  }
  if (!result.counts_as_failed() || result.has_rescue)
    return;
  lost_.failing.insert(ended.host);
  step_.failed = true;
  step_.fatal = step_.fatal || ended.fatal;
}

result<std::optional<double>> conductor_state::most_failures() const {
  using none = std::optional<double>;
  auto* said = now_.what->said.find("max_fail_percentage");
  if (!said)
    return none{};
  auto got = resolve_keyword(*said, dict_variables{names_of_play()},
                             *ctx().templates, {});
  if (!got)
    return got.why();
  if (!*got)
    return none{};
  auto& x = **got;
  return none{x.is_real() ? x.as_real()
                          : static_cast<double>(x.to_int().value_or(0))};
}

void conductor_state::judge_step() {
  // That a failure of this step would end the play for all says nothing of one
  // from before.
  auto past = take_past_failures();
  bool failed_now = std::exchange(step_.failed, false);
  bool fatal_now = std::exchange(step_.fatal, false) && failed_now;
  if (!(failed_now || past.any) || end_.over)
    return;
  bool all = true;
  if (fatal_now || past.fatal) {
    now_.broken = true;
    for (auto& host : now_.active)
      if (is_rescuing(host))
        all = false;
      else
        lose(host, false);
    if (all)
      return end_for_all();
  }
  auto& limit = now_.most_failures;
  auto failed = static_cast<size_t>(
    std::count_if(now_.batch.begin(), now_.batch.end(),
                  [&](auto& host) { return lost_.failed.contains(host); }));
  // Reckoned as Ansible does, so that both find the same of one in three.
  auto share = static_cast<double>(failed)
               / static_cast<double>(std::max<size_t>(1, now_.batch.size()));
  if (!limit || share <= *limit / 100.0)
    return;
  say(hosts_exhausted{now_.what->name});
  now_.broken = true;
  for (auto& host : now_.active)
    lose(host, false);
  end_for_all();
}

void conductor_state::end_for_all() {
  say(hosts_exhausted{now_.what->name});
  waiting_.clear();
  step_ = {};
  for (auto& host : now_.active)
    self_->send(runs_[host].actor, play_atom_v, cancel_reason::others_failed);
}

} // namespace troupe
