#include "actors/simulate/simulation_tally.hpp"

#include "config/value/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t longest_message = 1000;

} // namespace

task_tally simulation_tally::task::all() const {
  task_tally out;
  for (auto& [profile, each] : by_profile) {
    out.hosts += each.hosts;
    out.ok += each.ok;
    out.changed += each.changed;
    out.failed += each.failed;
    out.ignored += each.ignored;
    out.skipped += each.skipped;
    out.cancelled += each.cancelled;
  }
  return out;
}

simulation_tally::host_state&
simulation_tally::host_of(const std::string& name) {
  auto [at, is_new] = hosts_.try_emplace(name);
  if (is_new)
    at->second.profile = profile_of_(name);
  return at->second;
}

simulation_tally::task& simulation_tally::task_of(const task_result& result) {
  // Handlers of two plays may have one id.
  auto [at, is_new] = task_at_.try_emplace(
    fmt::format("{} {}", result.id, to_string(result.place)), tasks_.size());
  if (is_new)
    tasks_.push_back({result.id,
                      result.name,
                      result.play,
                      result.module,
                      result.place,
                      result.handler,
                      {},
                      {},
                      {}});
  return tasks_[at->second];
}

void simulation_tally::on(const run_event& event) {
  if (event.as<run_started>())
    begun_ = event.time;
  else if (auto* play = event.as<play_started>())
    on_play(event, *play);
  else if (auto* ended = event.as<task_ended>())
    on_ended(event, *ended->result);
  else if (auto* rescued = event.as<task_rescued>())
    open_.erase({event.host, rescued->task});
  else if (event.as<hosts_exhausted>() && !plays_.empty()
           && !plays_.back().batches.empty())
    plays_.back().batches.back().ended_early = true;
  else if (auto* trouble = event.as<run_trouble>();
           trouble && warnings_.size() < most_warnings)
    warnings_.push_back(trouble->message);
  if (!event.as<run_ended>())
    return;
  for (auto& [key, result] : open_)
    note_failure(key.first, *result);
  open_.clear();
}

void simulation_tally::on_play(const run_event& event,
                               const play_started& started) {
  if (plays_.empty() || plays_.back().name != started.play || started.nobody)
    plays_.push_back({started.play, {}});
  if (started.nobody)
    return;
  plays_.back().batches.push_back({event.time - begun_, 0, false});
  ++batches_;
}

void simulation_tally::on_ended(const run_event& event,
                                const task_result& result) {
  auto& host = host_of(event.host);
  // What a run that is over only accounts for is of plays that never began.
  bool played = result.status != task_status::cancelled || result.cut_off();
  if (played && host.batch != batches_ && !plays_.empty()
      && !plays_.back().batches.empty()) {
    host.batch = batches_;
    ++plays_.back().batches.back().hosts;
  }
  auto& of = task_of(result);
  auto& counts = of.by_profile[host.profile];
  ++counts.hosts;
  if (result.status == task_status::skipped)
    ++counts.skipped;
  else if (result.status == task_status::cancelled)
    ++counts.cancelled;
  else if (result.failed() && result.ignored)
    ++counts.ignored;
  else if (result.failed())
    ++counts.failed;
  else
    ++counts.ok;
  // As the run counts for its last sentence.
  run_counts one;
  one.add(result);
  counts.changed += one.changed;
  if (result.duration > of.longest) {
    of.longest = result.duration;
    of.slowest = event.host;
  }
  host.changed = host.changed || one.changed > 0;
  if (!result.counts_as_failed())
    return;
  if (result.has_rescue)
    open_[{event.host, result.id}] = std::make_shared<task_result>(result);
  else
    note_failure(event.host, result);
}

void simulation_tally::note_failure(const std::string& name,
                                    const task_result& result) {
  auto& host = host_of(name);
  (result.unreachable ? host.unreachable : host.failed) = true;
  auto msg = result.censored ? std::string{"(hidden by no_log)"} : result.msg;
  auto* err = result.censored ? nullptr : result.output.find("stderr");
  auto text = err ? err->text_or("") : std::string_view{};
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && msg.find(text) == std::string::npos)
    msg += fmt::format(": {}", text);
  msg = excerpt(msg, longest_message);
  // Hosts tell the same of themselves by their own names.
  for (size_t at = 0;
       name.size() > 2 && (at = msg.find(name, at)) != std::string::npos;
       at += 4)
    msg.replace(at, name.size(), "HOST");
  auto key = std::pair{result.id, msg};
  auto at = failure_at_.find(key);
  if (at == failure_at_.end() && failures_.size() >= most_failures) {
    ++more_failures_;
    return;
  }
  if (at == failure_at_.end()) {
    at = failure_at_.emplace(key, failures_.size()).first;
    failures_.push_back({result.id, msg, 0, {}, {}, result.unreachable});
  }
  auto& group = failures_[at->second];
  ++group.hosts;
  ++group.by_profile[host.profile];
  if (group.examples.size() < most_examples)
    group.examples.push_back(name);
}

std::vector<failure_group> simulation_tally::failures() const {
  auto out = failures_;
  std::stable_sort(out.begin(), out.end(),
                   [](auto& x, auto& y) { return x.hosts > y.hosts; });
  return out;
}

std::map<std::string, simulation_tally::hosts_tally>
simulation_tally::hosts() const {
  std::map<std::string, hosts_tally> out;
  for (auto& [name, each] : hosts_) {
    auto& of = out[each.profile];
    ++of.all;
    of.changed += each.changed ? 1 : 0;
    of.failed += each.failed ? 1 : 0;
    of.unreachable += each.unreachable ? 1 : 0;
  }
  return out;
}

} // namespace troupe
