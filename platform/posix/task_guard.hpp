#pragma once

#include <atomic>
#include <cstdint>

namespace troupe {

/// What all real hosts of this process have in common: the watchdog and the
/// adoption of orphans. Made with the first program that one of them runs, gone
/// with the last of them.
class task_guard {
public:
  /// A host is there.
  task_guard();
  /// It is gone, with all its calls.
  ~task_guard();
  task_guard(const task_guard&) = delete;
  task_guard& operator=(const task_guard&) = delete;

  /// Sees to it that there is a watchdog and that orphans are adopted.
  void need();

private:
  std::atomic<bool> there_ = false;
};

/// Makes what the hosts of this process have in common now, not with the first
/// program, if there is a host. The watchdog is a fork that goes on working: of
/// a process with one thread it finds no lock taken, whatever memory is managed
/// by.
void start_guarding();

/// A run of a program that goes on, for the life of this object.
class guarded_call {
public:
  explicit guarded_call(task_guard& guard);
  ~guarded_call();
  guarded_call(const guarded_call&) = delete;
  guarded_call& operator=(const guarded_call&) = delete;

  /// Unlike that of any other call of this process.
  uint64_t number() const {
    return number_;
  }

private:
  uint64_t number_;
  size_t place_ = 0;
};

} // namespace troupe
