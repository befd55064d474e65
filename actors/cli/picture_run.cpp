#include "actors/cli/picture.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

bool ran(const picture_task& t) {
  return t.ended && t.ended->status != task_status::skipped
         && t.ended->status != task_status::cancelled;
}

/// Finds the chain of tasks that made the run as long as it was.
class critical_path {
public:
  explicit critical_path(picture& in) : in_{in}, before_(in.tasks.size()) {
    // A notified handler waits for all that ran before it.
    for (auto& each : in.steps)
      if (each.kind != link_kind::notice)
        before_[each.to.index].push_back(each.from.index);
    for (size_t i = 0; i < in.tasks.size(); ++i)
      if (ran(in.tasks[i]))
        by_end_.push_back(i);
    std::sort(by_end_.begin(), by_end_.end(), [&](auto x, auto y) {
      return end_of(x) < end_of(y) || (end_of(x) == end_of(y) && x < y);
    });
  }

  void mark() {
    std::chrono::nanoseconds sum{0};
    std::optional<size_t> next;
    std::unordered_map<size_t, size_t> after;
    auto at = by_end_.empty() ? std::optional<size_t>{} : by_end_.back();
    while (at) {
      in_.tasks[*at].critical = true;
      sum += in_.tasks[*at].ended->duration;
      if (next)
        after[*at] = *next;
      next = at;
      at = cause_of(*at);
    }
    in_.critical_time = sum;
    for (auto* links : {&in_.steps, &in_.said})
      for (auto& each : *links)
        if (auto to = after.find(each.from.index); to != after.end())
          each.critical = each.from == picture_part{false, to->first}
                          && each.to == picture_part{false, to->second};
  }

private:
  using moment = std::chrono::system_clock::time_point;

  moment end_of(size_t i) const {
    return in_.tasks[i].ended->end;
  }

  moment start_of(size_t i) const {
    return in_.tasks[i].ended->start;
  }

  /// What a task waited for last: one that the plan puts before it, or one
  /// whose place it took; nothing when it began with the run.
  std::optional<size_t> cause_of(size_t i) const {
    std::optional<size_t> best;
    for (auto each : reached_from(i))
      if (end_of(each) <= start_of(i)
          && (!best || end_of(*best) < end_of(each)))
        best = each;
    if (best)
      return best;
    auto later = std::upper_bound(
      by_end_.begin(), by_end_.end(), start_of(i),
      [&](moment start, size_t each) { return start < end_of(each); });
    // Of those that ended at one time the task itself may be one.
    while (later != by_end_.begin())
      if (auto found = *--later; found != i && start_of(found) < start_of(i))
        return found;
    return std::nullopt;
  }

  /// The tasks that ran right before it: what was skipped is passed over.
  std::vector<size_t> reached_from(size_t i) const {
    std::vector<size_t> out;
    std::vector<size_t> open = before_[i];
    std::unordered_set<size_t> seen;
    while (!open.empty()) {
      auto at = open.back();
      open.pop_back();
      if (!seen.insert(at).second)
        continue;
      if (ran(in_.tasks[at]))
        out.push_back(at);
      else
        open.insert(open.end(), before_[at].begin(), before_[at].end());
    }
    return out;
  }

  picture& in_;
  std::vector<std::vector<size_t>> before_;
  std::vector<size_t> by_end_;
};

} // namespace

void add_run(picture& to, const std::vector<result_ptr>& results) {
  std::unordered_map<std::string, result_ptr> by_id;
  for (auto& each : results)
    by_id[each->id] = each;
  for (auto& each : to.tasks)
    if (auto found = by_id.find(each.id); found != by_id.end())
      each.ended = found->second;
  critical_path{to}.mark();
}

std::string state_of(const picture_task& t) {
  if (!t.ended)
    return {};
  auto& r = *t.ended;
  if (r.failed())
    return r.ignored ? "ignored" : "failed";
  if (r.status == task_status::skipped || r.status == task_status::cancelled)
    return "skipped";
  return r.changed ? "changed" : "ok";
}

} // namespace troupe
