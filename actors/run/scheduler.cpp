#include "actors/run/scheduler.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe {

namespace {

/// How often slots are looked at that may be held for too long.
constexpr std::chrono::seconds look_again{5};

} // namespace

void scheduler_state::start(unsigned slots, worker_factory make) {
  slots_ = slots;
  make_ = std::move(make);
}

void scheduler_state::acquire(slot_request wanted, slot_listener who) {
  queue_key key{wanted.priority, next_order_++};
  queue_.emplace(key, waiting{std::move(wanted), std::move(who)});
  grant();
}

bool scheduler_state::fits(const slot_request& wanted) const {
  for (auto& limit : wanted.limits) {
    auto used = in_use_.find(limit.name);
    if (used != in_use_.end() && used->second >= limit.most)
      return false;
  }
  return true;
}

void scheduler_state::grant() {
  // Requests that a shared limit holds back let later ones pass.
  for (auto at = queue_.begin();
       at != queue_.end() && granted_.size() < slots_;) {
    if (!fits(at->second.request)) {
      ++at;
      continue;
    }
    auto worker = idle_worker();
    if (!worker && !granted_.empty()) {
      // The threads that there are have to do.
      slots_ = static_cast<unsigned>(granted_.size());
      return;
    }
    auto next = std::move(at->second);
    at = queue_.erase(at);
    hand_out(std::move(next), std::move(worker));
  }
}

worker_actor scheduler_state::idle_worker() {
  if (idle_.empty()) {
    auto fresh = make_();
    if (fresh)
      self_->monitor(fresh);
    return fresh;
  }
  auto worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void scheduler_state::hand_out(waiting next, worker_actor worker) {
  auto given = std::make_shared<slot>();
  given->id = ++next_slot_;
  given->generation = next.request.generation;
  given->worker = std::move(worker);
  for (auto& limit : next.request.limits)
    ++in_use_[limit.name];
  // A holder that dies must not keep its slot.
  self_->monitor(next.who);
  granted entry{given->worker, std::move(next.request.limits), next.who,
                next.request.generation, std::nullopt};
  if (next.request.longest.count() > 0) {
    entry.until = self_->clock().now() + next.request.longest;
    // One timer for all: one for each attempt would cost a wake-up each.
    if (!std::exchange(watching_, true))
      self_->delayed_send(self_, look_again, tick_atom_v);
  }
  granted_.emplace(given->id, std::move(entry));
  self_->send(next.who, slot_ptr{std::move(given)});
}

void scheduler_state::look_for_stuck() {
  auto now = self_->clock().now();
  watching_ = false;
  for (auto& [id, each] : granted_) {
    watching_ = watching_ || each.until;
    if (each.until && *each.until <= now)
      self_->send(each.holder, tick_atom_v, each.generation);
  }
  if (watching_)
    self_->delayed_send(self_, look_again, tick_atom_v);
}

void scheduler_state::take_back(std::map<uint64_t, granted>::iterator at,
                                bool reuse_worker) {
  for (auto& limit : at->second.limits)
    if (--in_use_[limit.name] == 0)
      in_use_.erase(limit.name);
  self_->demonitor(at->second.holder.address());
  if (reuse_worker && at->second.worker)
    idle_.push_back(std::move(at->second.worker));
  granted_.erase(at);
}

void scheduler_state::release(uint64_t id) {
  if (auto at = granted_.find(id); at != granted_.end())
    take_back(at, true);
  grant();
}

void scheduler_state::abandon(uint64_t id) {
  if (auto at = granted_.find(id); at != granted_.end()) {
    // One that died is gone; one that lives is stuck and keeps its thread.
    abandoned_ += at->second.worker ? 1 : 0;
    take_back(at, false);
  }
  grant();
}

void scheduler_state::on_down(const caf::actor_addr& who) {
  std::erase_if(idle_, [&](auto& each) { return each.address() == who; });
  for (auto at = granted_.begin(); at != granted_.end();) {
    auto next = std::next(at);
    // Its holder learns of a dead worker itself and then gives the slot back.
    if (at->second.worker && at->second.worker.address() == who)
      at->second.worker = nullptr;
    else if (at->second.holder.address() == who)
      // Its worker serves the next one once it is done with its call.
      take_back(at, true);
    at = next;
  }
  std::erase_if(queue_,
                [&](auto& each) { return each.second.who.address() == who; });
  grant();
}

uint64_t scheduler_state::finish() {
  for (auto& each : idle_)
    self_->send_exit(each, caf::exit_reason::user_shutdown);
  for (auto& [id, each] : granted_)
    if (each.worker)
      self_->send_exit(each.worker, caf::exit_reason::user_shutdown);
  idle_.clear();
  granted_.clear();
  self_->quit();
  return abandoned_;
}

scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          unsigned slots, worker_factory make) {
  self->state.start(slots, std::move(make));
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.on_down(down.source); });
  return {
    [self](acquire_atom, slot_request& wanted, slot_listener& who) {
      self->state.acquire(std::move(wanted), std::move(who));
    },
    [self](release_atom, uint64_t id) { self->state.release(id); },
    [self](abandon_atom, uint64_t id) { self->state.abandon(id); },
    [self](tick_atom) { self->state.look_for_stuck(); },
    [self](finish_atom) { return self->state.finish(); },
  };
}

} // namespace troupe
