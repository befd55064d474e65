#include "actors/run/block_runner.hpp"

#include "actors/state/run_past.hpp"
#include "config/plan/task_source.hpp"

#include <fmt/format.h>

namespace troupe {

void block_runner_state::start(block_setting setting) {
  setting_ = std::move(setting);
  // The body of a play has the play's own scope; its keywords are in it.
  scope_ = setting_.scope->with(what().common);
  if (what().max_parallelism) {
    auto limited = std::make_shared<task_scope>(*scope_);
    limited->limits.push_back(
      {"group " + what().id, std::max(1u, *what().max_parallelism)});
    scope_ = std::move(limited);
  }
  names_ = setting_.names;
  report_.id = what().id;
  auto& ids = what().dependencies;
  missing_.insert(ids.begin(), ids.end());
  if (missing_.empty())
    enter(part::body);
  else
    self_->send(setting_.state, subscribe_atom_v,
                std::vector<std::string>{missing_.begin(), missing_.end()},
                caf::actor_cast<ending_listener>(self_));
}

block_order block_runner_state::order() const {
  return part_ == part::body ? what().order : block_order::sequence;
}

void block_runner_state::enter(part next) {
  part_ = next;
  nodes_ = next == part::body     ? &what().body
           : next == part::rescue ? &what().rescue
                                  : &what().always;
  next_ = 0;
  stopped_ = cancelled_.has_value() || report_.blocked;
  part_failed_ = false;
  part_fatal_ = false;
  part_roll_back_ = false;
  fill();
}

const task_source* block_runner_state::streamed() const {
  return part_ == part::body ? what().streamed.get() : nullptr;
}

size_t block_runner_state::child_count() const {
  auto* tasks = streamed();
  return tasks ? tasks->size() : nodes_->size();
}

void block_runner_state::fill() {
  auto most = order() == block_order::sequence ? size_t{1} : setting_.window;
  while (!stopped_ && next_ < child_count() && alive_.size() < most)
    spawn_next();
  // What will never start is accounted for, also in a window: each is a
  // message that waits for STATE KEEPER.
  while (stopped_ && next_ < child_count() && alive_.size() < setting_.window)
    give_up_next();
  if (next_ == child_count() && alive_.empty())
    part_ended();
}

void block_runner_state::give_up_next() {
  auto reason = cancelled_.value_or(cancel_reason::failed);
  if (auto* tasks = streamed()) {
    auto t = tasks->at(next_);
    if (!t) {
      // It is counted even if its name is not known.
      t = task{};
      t->id = t->name = tasks->pointer_at(next_);
    }
    ++next_;
    alive_.emplace(t->id, cancellable{});
    give_up(*t, reason);
    return;
  }
  auto& child = (*nodes_)[next_++];
  std::visit([this](auto& x) { alive_.emplace(x.id, cancellable{}); },
             child.what);
  give_up(child, reason);
}

void block_runner_state::lose_next(const error& why) {
  auto id = streamed()->pointer_at(next_++);
  alive_.emplace(id, cancellable{});
  fail_child(id, fmt::format("the task cannot be read: {}", why.message), true);
}

void block_runner_state::spawn_task(std::shared_ptr<const task> t) {
  if (replay(*t))
    return;
  auto& id = t->id;
  task_setting setting{setting_.ctx,
                       scope_,
                       t,
                       setting_.handlers,
                       setting_.added,
                       order(),
                       names_,
                       setting_.scheduler,
                       setting_.background,
                       setting_.state,
                       setting_.play,
                       caf::actor_cast<ending_listener>(self_)};
  auto handle = self_->spawn(task_runner, std::move(setting));
  self_->monitor(handle);
  alive_.emplace(id, handle);
}

void block_runner_state::spawn_next() {
  if (auto* tasks = streamed()) {
    auto t = tasks->at(next_);
    if (!t) {
      lose_next(t.why());
      return;
    }
    ++next_;
    spawn_task(std::make_shared<const task>(std::move(*t)));
    return;
  }
  auto& child = (*nodes_)[next_++];
  auto me = caf::actor_cast<ending_listener>(self_);
  if (auto* t = std::get_if<task>(&child.what)) {
    // Whoever gave the block keeps it as long as this actor lives.
    spawn_task({std::shared_ptr<const task>{}, t});
    return;
  }
  auto& b = std::get<block>(child.what);
  auto setting = setting_;
  setting.scope = scope_;
  setting.what = &b;
  setting.names = names_;
  setting.rescued = has_rescue();
  setting.owner = me;
  auto handle = self_->spawn(block_runner, std::move(setting));
  self_->monitor(handle);
  alive_.emplace(b.id, handle);
}

bool block_runner_state::has_rescue() const {
  return setting_.rescued || (part_ == part::body && !what().rescue.empty());
}

bool block_runner_state::replay(const task& t) {
  auto& past = setting_.ctx->past;
  auto report = past ? past->ended(t.id, has_rescue()) : nullptr;
  if (!report)
    return false;
  alive_.emplace(t.id, cancellable{});
  self_->send(setting_.state, replay_atom_v, std::move(report),
              caf::actor_cast<ending_listener>(self_));
  return true;
}

void block_runner_state::on_ending(const ending& ended) {
  if (part_ == part::done)
    return;
  if (ended.names.version >= names_.version)
    names_ = ended.names;
  if (part_ != part::waiting) {
    child_ended(ended);
    return;
  }
  if (missing_.erase(ended.id) == 0)
    return;
  if (ended.failed || ended.blocked) {
    report_.blocked = true;
    report_.culprit = ended.culprit;
  }
  if (missing_.empty())
    enter(part::body);
}

void block_runner_state::child_ended(const ending& ended) {
  if (alive_.erase(ended.id) == 0)
    return;
  if (ended.failed && !part_failed_) {
    part_failed_ = true;
    part_culprit_ = ended.culprit;
  }
  part_roll_back_ = part_roll_back_ || ended.roll_back;
  if (ended.fatal && !part_fatal_) {
    part_fatal_ = true;
    // Handlers that fail end a play although the flush itself went well.
    if (!part_failed_)
      part_culprit_ = ended.culprit;
    stopped_ = true;
    stop_children(cancel_reason::failed);
  }
  fill();
}

void block_runner_state::part_ended() {
  if (part_ == part::body && part_failed_ && !what().rescue.empty()
      && !cancelled_) {
    enter(part::rescue);
    return;
  }
  if (part_ != part::always) {
    report_.failed = part_failed_;
    report_.fatal = part_fatal_;
    report_.roll_back = part_roll_back_;
    if (part_failed_)
      report_.culprit = part_culprit_;
    if (part_ == part::body)
      // A rescue that is not needed, or comes too late, is accounted for.
      for (auto& child : what().rescue)
        give_up(child, cancelled_.value_or(cancel_reason::failed));
    if (part_ == part::rescue && !part_failed_)
      for (auto& child : what().body)
        note_rescued(child);
    if (!what().always.empty()) {
      enter(part::always);
      return;
    }
  } else if (part_failed_) {
    report_.failed = true;
    report_.fatal = report_.fatal || part_fatal_;
    report_.roll_back = report_.roll_back || part_roll_back_;
    report_.culprit = part_culprit_;
  }
  report();
}

void block_runner_state::note_rescued(const node& child) {
  if (auto* t = std::get_if<task>(&child.what))
    report_.rescued.push_back(t->id);
  else
    for_each_task(std::get<block>(child.what),
                  [this](const task& t) { report_.rescued.push_back(t.id); });
}

void block_runner_state::stop_children(cancel_reason reason) {
  for (auto& [id, handle] : alive_)
    if (handle)
      self_->send(handle, cancel_atom_v, reason);
}

void block_runner_state::give_up(const node& child, cancel_reason reason) {
  if (auto* t = std::get_if<task>(&child.what)) {
    give_up(*t, reason);
    return;
  }
  auto& b = std::get<block>(child.what);
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    for (auto& inner : *nodes)
      give_up(inner, reason);
  block_report report{b.id, false, false, report_.blocked, report_.culprit, {}};
  self_->send(setting_.state, ended_atom_v, std::move(report),
              caf::actor_cast<ending_listener>(self_));
}

void block_runner_state::give_up(const task& t, cancel_reason reason) {
  auto result = std::make_shared<task_result>();
  result->id = t.id;
  result->name = t.name;
  result->module = t.module;
  result->play = scope_->play_name;
  result->handler = setting_.handlers;
  result->added = setting_.added;
  result->start = result->end = std::chrono::system_clock::now();
  auto report = std::make_shared<task_report>();
  if (report_.blocked) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::dependency;
    result->failed_dependency = report_.culprit;
    result->reason = fmt::format("dependency failed: {}", report_.culprit);
    report->blocked = true;
  } else if (part_ == part::body && !part_failed_ && !part_fatal_
             && !cancelled_) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::condition;
    result->reason = "nothing failed in the block";
  } else if (reason == cancel_reason::play_ended) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::play_ended;
    result->reason = "the play was ended";
  } else {
    result->status = task_status::cancelled;
    result->reason = reason == cancel_reason::failed
                       ? fmt::format("not run: task '{}' failed", part_culprit_)
                     : reason == cancel_reason::timeout
                       ? "not run: the time for the whole run was over"
                       : "not run: the run was cancelled";
  }
  report->result = std::move(result);
  self_->send(setting_.state, ended_atom_v, report_ptr{std::move(report)},
              caf::actor_cast<ending_listener>(self_));
}

void block_runner_state::cancel(cancel_reason reason) {
  if (part_ == part::done)
    return;
  if (!cancelled_ && reason != cancel_reason::failed)
    cancelled_ = reason;
  if (part_ == part::waiting) {
    cancelled_ = reason;
    enter(part::body);
    return;
  }
  stopped_ = true;
  stop_children(reason);
  fill();
}

void block_runner_state::on_down(const caf::down_msg& down) {
  // A child that ended well has reported before; one that died has not.
  if (!down.reason || down.reason == caf::exit_reason::normal)
    return;
  for (auto& [id, handle] : alive_) {
    if (handle && handle.address() == down.source)
      fail_child(id, fmt::format("internal error: {}", to_string(down.reason)),
                 order() == block_order::sequence);
  }
}

void block_runner_state::fail_child(const std::string& id, std::string msg,
                                    bool fatal) {
  auto result = std::make_shared<task_result>();
  result->id = result->name = id;
  result->play = scope_->play_name;
  result->status = task_status::failed;
  result->error = to_string(errc::system);
  result->msg = std::move(msg);
  result->start = result->end = std::chrono::system_clock::now();
  auto report = std::make_shared<task_report>();
  report->result = std::move(result);
  report->fatal = fatal;
  self_->send(setting_.state, ended_atom_v, report_ptr{std::move(report)},
              caf::actor_cast<ending_listener>(self_));
}

void block_runner_state::report() {
  part_ = part::done;
  self_->send(setting_.state, ended_atom_v, std::move(report_), setting_.owner);
  self_->quit();
}

block_runner_actor::behavior_type
block_runner(block_runner_actor::stateful_pointer<block_runner_state> self,
             block_setting setting) {
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.on_down(down); });
  self->state.start(std::move(setting));
  return {
    [self](const ending_ptr& ended) { self->state.on_ending(*ended); },
    [self](cancel_atom, cancel_reason reason) { self->state.cancel(reason); },
  };
}

} // namespace troupe
