#include "actors/run/coordinator.hpp"

#include <caf/actor_system.hpp>
#include <caf/detail/set_thread_name.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>

#include <chrono>
#include <system_error>

namespace troupe {

namespace {

bool never() {
  return false;
}

/// As `start_thread`; a system that is short of threads may have one in a
/// moment. Only for the thread that begins a run.
std::thread insist_on_thread(caf::actor_system& system, const char* name,
                             const std::function<void()>& body) {
  for (auto pause = std::chrono::milliseconds{20};; pause *= 3)
    try {
      return start_thread(system, name, body);
    } catch (const std::system_error&) {
      if (pause > std::chrono::milliseconds{200})
        throw;
      std::this_thread::sleep_for(pause);
    }
}

} // namespace

std::thread start_thread(caf::actor_system& system, const char* name,
                         std::function<void()> body) {
  return std::thread{[&system, name, body = std::move(body)] {
    CAF_SET_LOGGER_SYS(&system);
    caf::detail::set_thread_name(name);
    body();
  }};
}

void quiet_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                       caf::atom_value type, uint64_t id) {
  used_ = true;
  base::set_ordinary_timeout(t, self, type, id);
}

void quiet_clock::set_request_timeout(time_point t, caf::abstract_actor* self,
                                      caf::message_id id) {
  used_ = true;
  base::set_request_timeout(t, self, id);
}

void quiet_clock::set_multi_timeout(time_point t, caf::abstract_actor* self,
                                    caf::atom_value type, uint64_t id) {
  used_ = true;
  base::set_multi_timeout(t, self, type, id);
}

void quiet_clock::cancel_timeouts(caf::abstract_actor* self) {
  if (used_)
    base::cancel_timeouts(self);
}

coordinator::unit::unit(coordinator& owner)
    : caf::execution_unit{&owner.system()}, owner_{owner} {
}

void coordinator::unit::exec_later(caf::resumable* job) {
  owner_.enqueue(job);
}

coordinator::coordinator(caf::actor_system& system)
    : caf::scheduler::abstract_coordinator{system} {
}

coordinator::~coordinator() = default;

caf::actor_clock& coordinator::clock() noexcept {
  return clock_;
}

void coordinator::enqueue(caf::resumable* job) {
  // Held until the end: once the job is in the queue, the thread that takes it
  // may bring the run to its end, and all of this with it.
  lock held{mutex_};
  queue_.push_back(job);
  // A leader looks at the queue before it leaves.
  if (!led_)
    work_.notify_one();
}

void coordinator::run(caf::resumable& job, unit& on) noexcept {
  switch (job.resume(&on, max_throughput())) {
  case caf::resumable::resume_later:
    enqueue(&job);
    break;
  case caf::resumable::done:
  case caf::resumable::awaiting_message:
  case caf::resumable::shutdown_execution_unit:
    // The queue's reference; others keep an actor that waits for messages.
    caf::intrusive_ptr_release(&job);
    break;
  }
}

void coordinator::drain(lock& held, unit& on,
                        const std::function<bool()>& enough) {
  while (!queue_.empty() && !enough()) {
    auto* job = queue_.front();
    queue_.pop_front();
    held.unlock();
    run(*job, on);
    held.lock();
  }
}

void coordinator::follow() {
  unit on{*this};
  lock held{mutex_};
  while (true) {
    work_.wait(held,
               [this] { return !led_ && (stopping_ || !queue_.empty()); });
    if (queue_.empty())
      return;
    led_ = true;
    drain(held, on, never);
    led_ = false;
  }
}

void coordinator::lead(const std::function<void()>& begin,
                       const std::function<bool()>& enough) noexcept {
  lock held{mutex_};
  bool leads = !std::exchange(led_, true);
  held.unlock();
  begin();
  if (!leads)
    return;
  unit on{*this};
  held.lock();
  drain(held, on, enough);
  led_ = false;
  bool wake = stopping_ || !queue_.empty();
  held.unlock();
  if (wake)
    work_.notify_one();
}

void coordinator::start() {
  // Not yet the threads, nor as the base class does one for CAF's console
  // output, which nothing here uses.
}

void coordinator::start_threads() {
  thread_ = insist_on_thread(system_, "troupe.actors", [this] { follow(); });
  timer_ = insist_on_thread(system_, "troupe.clock",
                            [this] { clock_.run_dispatch_loop(); });
}

void coordinator::stop() {
  {
    lock held{mutex_};
    stopping_ = true;
  }
  work_.notify_one();
  if (thread_.joinable())
    thread_.join();
  for (auto* job : queue_)
    cleanup_and_release(job);
  queue_.clear();
  clock_.cancel_dispatch_loop();
  if (timer_.joinable())
    timer_.join();
}

void lead(caf::actor_system& system, const std::function<void()>& begin,
          const std::function<bool()>& enough) {
  if (auto* ours = dynamic_cast<coordinator*>(&system.scheduler()))
    ours->lead(begin, enough);
  else
    begin();
}

void start_threads(caf::actor_system& system) {
  dynamic_cast<coordinator&>(system.scheduler()).start_threads();
}

} // namespace troupe
