#include "actors/simulate/virtual_stage.hpp"

#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>

#include <algorithm>
#include <optional>

namespace troupe {

class virtual_stage::own_workers final : public workers {
public:
  explicit own_workers(virtual_stage& owner) : owner_{owner} {
  }

  bool start(blocking_work what) override {
    owner_.work_.push_back(std::move(what));
    return true;
  }

private:
  virtual_stage& owner_;
};

virtual_stage::unit::unit(virtual_stage& owner)
    : caf::execution_unit{&owner.system()}, owner_{owner} {
}

void virtual_stage::unit::exec_later(caf::resumable* job) {
  owner_.enqueue(job);
}

virtual_stage::virtual_stage(caf::actor_system& system)
    : caf::scheduler::abstract_coordinator{system} {
}

void virtual_stage::keep(std::shared_ptr<simulated_clock> time) {
  time_ = std::move(time);
  move_to(time_->passed());
}

std::shared_ptr<workers> virtual_stage::hands() {
  return std::make_shared<own_workers>(*this);
}

void virtual_stage::enqueue(caf::resumable* job) {
  queue_.push_back(job);
}

caf::actor_clock& virtual_stage::clock() noexcept {
  return timer_;
}

void virtual_stage::start() {
  // No threads, and no actor that prints.
}

void virtual_stage::stop() {
  timer_.cancel_all();
  unit on{*this};
  while (!queue_.empty())
    run_actor(on);
}

void virtual_stage::move_to(moment then) {
  now_ = then;
  time_->set(then);
  timer_.current_time = time_->steady_now();
}

void virtual_stage::run_actor(unit& on) {
  auto* job = queue_.front();
  queue_.pop_front();
  switch (job->resume(&on, max_throughput())) {
  case caf::resumable::resume_later:
    queue_.push_back(job);
    break;
  case caf::resumable::done:
  case caf::resumable::awaiting_message:
  case caf::resumable::shutdown_execution_unit:
    // The queue's reference; others keep an actor that waits for messages.
    caf::intrusive_ptr_release(job);
    break;
  }
}

void virtual_stage::run_work() {
  auto work = std::move(work_.front());
  work_.pop_front();
  work.run();
  auto end = std::max(now_, time_->passed());
  // Others begin at the same moment, each in its own present.
  time_->set(now_);
  answers_.emplace(end, std::move(work.answer));
}

bool virtual_stage::go_on() {
  auto& timers = timer_.schedule();
  auto timer = timers.empty()
                 ? moment::max()
                 : moment{timers.begin()->first - timer_.current_time + now_};
  if (!answers_.empty() && answers_.begin()->first <= timer) {
    auto next = answers_.begin();
    move_to(next->first);
    auto answer = std::move(next->second);
    answers_.erase(next);
    answer();
    return true;
  }
  if (timers.empty())
    return false;
  move_to(std::max(now_, timer));
  timer_.trigger_expired_timeouts();
  return true;
}

bool virtual_stage::play(const std::function<bool()>& enough) {
  unit on{*this};
  while (!enough()) {
    if (!queue_.empty())
      run_actor(on);
    else if (!work_.empty())
      run_work();
    else if (!go_on())
      return false;
  }
  while (!queue_.empty())
    run_actor(on);
  return true;
}

} // namespace troupe
