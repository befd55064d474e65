#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace troupe {

/// What this process does of a run that it goes on with, as far as it makes
/// something of the past void. Callable from all threads.
class resumed_work {
public:
  /// Tasks that this process runs notify this handler, or block of them: how it
  /// ended before says nothing any more.
  void renew(const std::string& handler) {
    std::lock_guard lock{mutex_};
    renewed_.insert(handler);
  }

  /// Handlers, and blocks of them, that begin now: by the ids that they run
  /// under those by which they are notified. Answers which of the former were
  /// renewed since they last began.
  std::set<std::string>
  take_renewed(const std::map<std::string, std::string>& beginning) {
    std::lock_guard lock{mutex_};
    std::set<std::string> out;
    for (auto& [id, notified] : beginning)
      if (renewed_.erase(notified) > 0)
        out.insert(id);
    return out;
  }

  /// A task is run by this process.
  void note_task() {
    ++tasks_;
    if (of_run_)
      of_run_->note_elsewhere();
  }

  /// How many were.
  uint64_t tasks() const {
    return tasks_;
  }

  /// It is that of one of the hosts of a run, which is told of its tasks; to be
  /// called before they begin.
  void belong_to(std::shared_ptr<resumed_work> run) {
    of_run_ = std::move(run);
  }

  /// Another host of the run does something.
  void note_elsewhere() {
    ++elsewhere_;
  }

  /// Whether this process does anything of the run, on whichever host.
  bool is_any() const {
    return tasks_ + elsewhere_ > 0;
  }

private:
  mutable std::mutex mutex_;
  std::set<std::string> renewed_;
  std::atomic<uint64_t> tasks_ = 0;
  std::atomic<uint64_t> elsewhere_ = 0;
  // Null: it is the run's own.
  std::shared_ptr<resumed_work> of_run_;
};

} // namespace troupe
