#include "actors/run/scheduler.hpp"

#include "actors/supervision.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe {

namespace {

/// How often slots are looked at that may be held for too long.
constexpr std::chrono::seconds look_again{5};

} // namespace

void scheduler_state::start(unsigned slots) {
  slots_ = slots;
}

void scheduler_state::acquire(slot_request wanted, slot_listener who) {
  queue_key key{wanted.priority, next_order_++};
  ++asked_[who.address()];
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
    auto next = std::move(at->second);
    at = queue_.erase(at);
    hand_out(std::move(next));
  }
}

void scheduler_state::hand_out(waiting next) {
  if (auto asked = asked_.find(next.who.address()); --asked->second == 0)
    asked_.erase(asked);
  auto given = std::make_shared<slot>();
  given->id = ++next_slot_;
  given->generation = next.request.generation;
  for (auto& limit : next.request.limits)
    ++in_use_[limit.name];
  // A holder that dies must not keep its slots. CAF would forget all that was
  // monitored twice with the first slot that is given back.
  if (held_[next.who.address()]++ == 0)
    self_->monitor(next.who);
  granted entry{std::move(next.request.limits), next.who,
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

void scheduler_state::take_back(std::map<uint64_t, granted>::iterator at) {
  for (auto& limit : at->second.limits)
    if (--in_use_[limit.name] == 0)
      in_use_.erase(limit.name);
  auto holder = held_.find(at->second.holder.address());
  if (--holder->second == 0) {
    self_->demonitor(holder->first);
    held_.erase(holder);
  }
  granted_.erase(at);
}

void scheduler_state::release(uint64_t id) {
  if (auto at = granted_.find(id); at != granted_.end())
    take_back(at);
  grant();
}

void scheduler_state::on_down(const caf::down_msg& down) {
  // It is monitored as long as it has a slot, and hears nothing more.
  if (!held_.contains(down.source))
    return;
  for (auto at = granted_.begin(); at != granted_.end();) {
    auto next = std::next(at);
    if (at->second.holder.address() == down.source)
      take_back(at);
    at = next;
  }
  if (asked_.erase(down.source) > 0)
    std::erase_if(queue_, [&](auto& each) {
      return each.second.who.address() == down.source;
    });
  grant();
}

scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          unsigned slots) {
  supervise(self);
  self->state.start(slots);
  return {
    [self](acquire_atom, slot_request& wanted, slot_listener& who) {
      self->state.acquire(std::move(wanted), std::move(who));
    },
    [self](release_atom, uint64_t id) { self->state.release(id); },
    [self](tick_atom) { self->state.look_for_stuck(); },
  };
}

} // namespace troupe
