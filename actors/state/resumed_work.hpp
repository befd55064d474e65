#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>

namespace troupe {

/// What this process does of a run that it goes on with, as far as it makes
/// something of the past void. Callable from all threads.
class resumed_work {
public:
  /// Tasks that this process runs notify this handler: how it ended before says
  /// nothing any more.
  void renew(const std::string& handler) {
    std::lock_guard lock{mutex_};
    renewed_.insert(handler);
  }

  /// Whether a task is a handler that was renewed, or was included by one.
  bool is_renewed(const std::string& task) const {
    std::lock_guard lock{mutex_};
    // What a handler includes has its id in front.
    return renewed_.contains(task)
           || renewed_.contains(task.substr(0, task.find(':')));
  }

  /// A task is run by this process.
  void note_task() {
    ++tasks_;
  }

  /// How many were.
  uint64_t tasks() const {
    return tasks_;
  }

private:
  mutable std::mutex mutex_;
  std::set<std::string> renewed_;
  std::atomic<uint64_t> tasks_ = 0;
};

} // namespace troupe
