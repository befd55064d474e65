#include "actors/run/task_runner.hpp"

namespace troupe {

// `loop_parallel`: a task with several items at once has lanes, each an actor
// of the same kind that takes one item after another and reports to the task.

void task_runner_state::run_lanes() {
  announce();
  phase_ = phase::in_lanes;
  auto shared = std::make_shared<loop_lanes>();
  shared->items = *items_;
  shared->owner = caf::actor_cast<lane_owner>(self_);
  lanes_left_ = std::min<size_t>(what().loop_parallel, items_->size());
  auto setting = setting_;
  setting.names = names_;
  setting.lane = shared;
  for (size_t i = 0; i < lanes_left_; ++i) {
    auto lane = self_->spawn(task_runner, setting);
    self_->monitor(lane);
    lanes_.push_back(caf::actor_cast<cancellable>(lane));
  }
}

void task_runner_state::cancel_lanes(cancel_reason reason) {
  // What has begun goes on when only another task has failed.
  if (reason == cancel_reason::failed || reason == cancel_reason::play_ended)
    return;
  cancelled_ = reason;
  for (auto& lane : lanes_)
    self_->send(lane, cancel_atom_v, reason);
}

void task_runner_state::on_item(const item_report_ptr& ended) {
  gathered_[ended->item] = ended;
}

void task_runner_state::on_lane_ended() {
  if (phase_ != phase::in_lanes || --lanes_left_ > 0)
    return;
  phase_ = phase::between_items;
  for (auto& [item, ended] : gathered_) {
    result_.attempts.insert(result_.attempts.end(), ended->attempts.begin(),
                            ended->attempts.end());
    if (!ended->unknown)
      continue;
    report_.unknown = true;
    result_.msg = ended->verdict.from.msg;
    result_.error = "unknown_state";
    result_.output = ended->verdict.output;
    report(task_status::failed);
    return;
  }
  next_gathered();
}

void task_runner_state::next_gathered() {
  auto at = gathered_.find(item_);
  if (at == gathered_.end() && !cancelled_) {
    item_failed({errc::system, "internal error: the item was lost"});
    return;
  }
  // Items that a cancelled run has not begun are not in the results.
  at = gathered_.lower_bound(item_);
  if (at == gathered_.end()) {
    all_items_done();
    return;
  }
  item_ = at->first;
  auto mine = std::make_shared<task_variables>(setting_.ctx, scope_, names_);
  mine->set_local(locals());
  visible_ = std::move(mine);
  take_verdict(at->second->verdict);
}

void task_runner_state::go_on() {
  if (phase_ == phase::reported)
    return;
  if (setting_.lane)
    next_in_lane();
  else if (!lanes_.empty())
    next_gathered();
  else
    next_item();
}

// -- the lane -----------------------------------------------------------------

void task_runner_state::start_lane() {
  // The task has announced itself.
  announced_ = true;
  begun_ = std::chrono::steady_clock::now();
  result_.start = std::chrono::system_clock::now();
  items_ = setting_.lane->items;
  next_in_lane();
}

void task_runner_state::next_in_lane() {
  item_ = cancelled_ ? items_->size() : setting_.lane->next++;
  if (item_ < items_->size()) {
    next_item();
    return;
  }
  phase_ = phase::reported;
  self_->send(setting_.lane->owner, finish_atom_v);
  self_->quit();
}

void task_runner_state::report_item(judged verdict) {
  auto ended = std::make_shared<item_report>();
  ended->item = item_;
  ended->unknown = report_.unknown;
  ended->attempts = std::exchange(result_.attempts, {});
  bool pauses = what().control.pause.count() > 0 && !verdict.from.skipped;
  ended->verdict = std::move(verdict);
  self_->send(setting_.lane->owner, item_report_ptr{std::move(ended)});
  phase_ = phase::between_items;
  if (pauses && !cancelled_)
    self_->delayed_send(self_, what().control.pause, go_atom_v);
  else
    self_->send(self_, go_atom_v);
}

void task_runner_state::leave_lane(task_status status) {
  // One that was cancelled before it began has nothing to say.
  if (!result_.msg.empty() || status != task_status::cancelled) {
    auto failed = module_result::failure(errc::runtime, result_.msg);
    failed.cancelled = status == task_status::cancelled;
    failed.timed_out = status == task_status::timeout;
    report_item(
      judge(what(), std::move(failed), *visible_, locals(), templates()));
  } else {
    cancelled_ = cancelled_.value_or(cancel_reason::interrupted);
    phase_ = phase::between_items;
    self_->send(self_, go_atom_v);
  }
}

} // namespace troupe
