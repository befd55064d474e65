#include "actors/run/block_runner.hpp"

#include "actors/run/role_services.hpp"
#include "actors/supervision.hpp"
#include "config/plan/task_source.hpp"

#include <fmt/format.h>

namespace troupe {

void block_runner_state::start(block_setting setting) {
  setting_ = std::move(setting);
  setting_.services = services_beside(
    what().beside, services_in(what().role, setting_.services));
  // The body of a play has the play's own scope; its keywords are in it.
  scope_ = setting_.scope->with(what());
  if (what().max_parallelism) {
    auto limited = std::make_shared<task_scope>(*scope_);
    limited->limits.push_back(
      {"group " + what().id, std::max(1u, *what().max_parallelism)});
    scope_ = std::move(limited);
  }
  names_ = setting_.names;
  if (auto& past = setting_.services->ctx->past)
    anew_before_ = past->since().tasks();
  report_.id = what().id;
  if (setting_.stopped) {
    cancelled_ = setting_.stopped->why;
    enter(part::body);
    return;
  }
  auto& ids = what().dependencies;
  missing_.insert(ids.begin(), ids.end());
  if (missing_.empty())
    enter(part::body);
  else
    self_->send(state(), subscribe_atom_v,
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
  part_end_ = {};
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
  if (auto* tasks = streamed()) {
    auto t = tasks->at(next_);
    if (!t) {
      // It is counted even if its name is not known.
      t = task{};
      t->id = t->name = tasks->pointer_at(next_);
    }
    ++next_;
    alive_.emplace(t->id, child{});
    give_up(*t, why_stopped());
    return;
  }
  auto& next = (*nodes_)[next_++];
  std::visit([this](auto& x) { alive_.emplace(x.id, child{}); }, next.what);
  give_up(next, why_stopped());
}

void block_runner_state::lose_next(const error& why) {
  auto id = streamed()->pointer_at(next_++);
  alive_.emplace(id, child{});
  fail_child(id, fmt::format("the task cannot be read: {}", why.message), true);
}

task_place block_runner_state::place_of(size_t child) const {
  if (!scope_->gated)
    return {};
  auto out = setting_.where;
  out.push_back({part_ == part::body     ? 0U
                 : part_ == part::rescue ? 1U
                                         : 2U,
                 {}});
  out.push_back({static_cast<uint32_t>(child), {}});
  return out;
}

bool block_runner_state::rescuing() const {
  return setting_.rescuing || part_ != part::body;
}

void block_runner_state::spawn_task(std::shared_ptr<const task> t) {
  past_ptr before;
  if (replay(*t, before))
    return;
  if (!before && !setting_.handlers && role_has_run(*setting_.services->ctx)) {
    alive_.emplace(t->id, child{});
    give_up(*t, {task_status::skipped, "its role has run already",
                 skip_reason::not_needed});
    return;
  }
  auto& id = t->id;
  task_setting setting{setting_.services,
                       scope_,
                       t,
                       setting_.handlers,
                       setting_.added,
                       order(),
                       names_,
                       setting_.play,
                       caf::actor_cast<ending_listener>(self_),
                       std::move(before),
                       has_rescue(),
                       place_of(next_ - 1),
                       rescuing(),
                       is_anew(id),
                       setting_.undoing};
  auto handle = self_->spawn(task_runner, std::move(setting));
  self_->monitor(handle);
  alive_.emplace(id, child{handle});
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
  auto& next = (*nodes_)[next_++];
  auto me = caf::actor_cast<ending_listener>(self_);
  if (auto* t = std::get_if<task>(&next.what)) {
    // Whoever gave the block keeps it as long as this actor lives.
    spawn_task({std::shared_ptr<const task>{}, t});
    return;
  }
  auto& b = std::get<block>(next.what);
  auto setting = setting_;
  setting.scope = scope_;
  setting.what = &b;
  setting.names = names_;
  setting.rescued = has_rescue();
  setting.where = place_of(next_ - 1);
  setting.rescuing = rescuing();
  setting.anew = is_anew(b.id);
  setting.owner = me;
  auto handle = self_->spawn(block_runner, std::move(setting));
  self_->monitor(handle);
  alive_.emplace(b.id, child{handle, &b});
}

bool block_runner_state::has_rescue() const {
  return setting_.rescued || (part_ == part::body && !what().rescue.empty());
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
  if (ended.cancelled && !cancelled_)
    cancelled_ = cancel_reason::failed;
  if (missing_.empty())
    enter(part::body);
}

void block_runner_state::child_ended(const ending& ended) {
  if (alive_.erase(ended.id) == 0)
    return;
  begun_ = begun_ || !(ended.cancelled || ended.blocked);
  if (ended.failed && !part_end_.failed) {
    part_end_.failed = true;
    part_end_.culprit = ended.culprit;
  }
  if (ended.clears_errors)
    clear_errors();
  part_end_.roll_back = part_end_.roll_back || ended.roll_back;
  report_.undecided = report_.undecided || ended.undecided;
  // A rescue would answer the question that only a person can, and `always`
  // would come before the rest of the block.
  if (ended.undecided && (has_rescue() || !what().always.empty())
      && !cancelled_) {
    cancelled_ = cancel_reason::failed;
    stopped_ = true;
    stop_children(cancel_reason::failed);
  }
  if (ended.fatal && !part_end_.fatal) {
    part_end_.fatal = true;
    // Handlers that fail end a play although the flush itself went well.
    if (!part_end_.failed)
      part_end_.culprit = ended.culprit;
    stopped_ = true;
    stop_children(cancel_reason::failed);
  }
  fill();
}

void block_runner_state::clear_errors() {
  part_end_ = {};
  report_.failed = report_.fatal = report_.roll_back = false;
  report_.culprit = {};
  // Also in the blocks around this one.
  report_.clears_errors = true;
}

void block_runner_state::part_ended() {
  // Stopped before any of it had begun: then the rest does not begin either.
  if (part_ == part::body && stopped_ && child_count() > 0 && !begun_
      && !cancelled_)
    cancelled_ = cancel_reason::failed;
  if (part_ == part::body && part_end_.failed && !what().rescue.empty()
      && !cancelled_) {
    report_.culprit = part_end_.culprit;
    enter(part::rescue);
    return;
  }
  if (part_ != part::always) {
    report_.failed = part_end_.failed;
    report_.fatal = part_end_.fatal;
    report_.roll_back = part_end_.roll_back;
    if (part_end_.failed)
      report_.culprit = part_end_.culprit;
    if (part_ == part::body)
      give_up_rescue();
    if (part_ == part::rescue && !part_end_.failed)
      note_rescued();
    if (!what().always.empty()) {
      enter(part::always);
      return;
    }
  } else if (part_end_.failed) {
    report_.failed = true;
    report_.fatal = report_.fatal || part_end_.fatal;
    report_.roll_back = report_.roll_back || part_end_.roll_back;
    report_.culprit = part_end_.culprit;
  }
  report();
}

void block_runner_state::stop_children(cancel_reason reason) {
  for (auto& [id, each] : alive_)
    if (each.actor)
      self_->send(each.actor, cancel_atom_v, reason);
}

void block_runner_state::abandon(const caf::error& why) {
  for (auto& [id, each] : alive_)
    if (each.actor)
      self_->send_exit(each.actor, why);
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
  if (reason != cancel_reason::failed)
    for (auto& each : std::exchange(unreachable_, {}))
      pass_on(std::move(each));
  stopped_ = true;
  stop_children(reason);
  fill();
}

void block_runner_state::on_down(const caf::down_msg& down) {
  // A child that ended well has reported before; one that died has not.
  if (!down.reason || down.reason == caf::exit_reason::normal)
    return;
  for (auto& [id, each] : alive_) {
    if (!each.actor || each.actor.address() != down.source)
      continue;
    auto me = caf::actor_cast<ending_listener>(self_);
    auto setting = setting_;
    setting.what = each.inside;
    if (each.inside)
      self_->send(state(), lost_atom_v, lost_with(setting, down.reason), me);
    else
      fail_child(id, fmt::format("internal error: {}", words_of(down.reason)),
                 order() == block_order::sequence);
  }
}

void block_runner_state::report() {
  part_ = part::done;
  report_.cancelled = cancelled_ && !begun_;
  if (!report_.failed && !report_.blocked && !cancelled_)
    note_role_end(*setting_.services->ctx, what().role);
  self_->send(state(), ended_atom_v, std::move(report_), setting_.owner);
  self_->quit();
}

block_runner_actor::behavior_type
block_runner(block_runner_actor::stateful_pointer<block_runner_state> self,
             block_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const ending_ptr& ended) { self->state.on_ending(*ended); },
    [self](cancel_atom, cancel_reason reason) { self->state.cancel(reason); },
  };
}

} // namespace troupe
