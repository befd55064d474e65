#include "platform/posix/task_guard.hpp"

#include "platform/posix/live_calls.hpp"
#include "platform/posix/process_tree.hpp"
#include "platform/posix/watchdog.hpp"
#include "platform/rights.hpp"

#include <unistd.h>

#include <mutex>
#include <utility>

namespace troupe {

namespace {

/// What the hosts of this process share.
struct shared_guard {
  std::mutex lock;
  unsigned hosts = 0;
  bool started = false;
  // Whether this process adopted orphans before, for reasons of its own.
  bool adopted_before = false;
  int watchdog = -1;
  // There while hosts are; null when there was no memory for it.
  live_calls* live = nullptr;
};

shared_guard& guard_of_process() {
  static shared_guard instance;
  return instance;
}

void start(shared_guard& all) {
  // The first program may be one that a task starts for another user.
  own_rights own;
  all.adopted_before = adopts_orphans();
  // The watchdog must not become a child of this process, which has to tell
  // its tasks' orphans apart.
  if (all.adopted_before)
    disown_orphans();
  all.live = live_calls::make_shared();
  all.watchdog = start_watchdog(all.live);
  adopt_orphans();
  all.started = true;
}

void stop(shared_guard& all) {
  if (all.watchdog >= 0)
    ::close(all.watchdog);
  all.watchdog = -1;
  live_calls::give_back(std::exchange(all.live, nullptr));
  if (!all.adopted_before)
    disown_orphans();
  all.started = false;
}

uint64_t next_call() {
  static std::atomic<uint64_t> counter{0};
  return counter.fetch_add(1);
}

} // namespace

task_guard::task_guard() {
  auto& all = guard_of_process();
  std::lock_guard guard{all.lock};
  ++all.hosts;
}

task_guard::~task_guard() {
  auto& all = guard_of_process();
  std::lock_guard guard{all.lock};
  if (--all.hosts == 0 && all.started)
    stop(all);
}

void task_guard::need() {
  if (there_)
    return;
  auto& all = guard_of_process();
  std::lock_guard guard{all.lock};
  if (!all.started)
    start(all);
  there_ = true;
}

void start_guarding() {
  auto& all = guard_of_process();
  std::lock_guard guard{all.lock};
  if (all.hosts > 0 && !all.started)
    start(all);
}

guarded_call::guarded_call(task_guard& guard) : number_{next_call()} {
  guard.need();
  if (auto* live = guard_of_process().live)
    place_ = live->begin(number_);
}

guarded_call::~guarded_call() {
  if (auto* live = guard_of_process().live)
    live->end(place_);
}

} // namespace troupe
