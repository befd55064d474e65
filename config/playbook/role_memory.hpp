#pragma once

#include <mutex>
#include <set>
#include <string>

namespace troupe {

/// Which roles of `roles` and `dependencies` a play has run on a host, by
/// their keys: who needs one of them later need not run it again. An empty key
/// is that of a role which runs however often it is wanted. Any thread may ask.
class role_memory {
public:
  /// A task of the role with this key was run, not only passed over.
  void note_task(const std::string& key) {
    std::lock_guard guard{mutex_};
    if (!key.empty())
      tasks_of_.insert(key);
  }

  /// The role came to its end: it has run if a task of it has.
  void end(const std::string& key) {
    std::lock_guard guard{mutex_};
    if (tasks_of_.contains(key))
      run_.insert(key);
  }

  bool has_run(const std::string& key) const {
    std::lock_guard guard{mutex_};
    return run_.contains(key);
  }

private:
  mutable std::mutex mutex_;
  // Of these a task was run.
  std::set<std::string> tasks_of_;
  std::set<std::string> run_;
};

} // namespace troupe
