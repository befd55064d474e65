#pragma once

#include <mutex>
#include <set>
#include <string>

namespace troupe {

/// Which roles of `roles` and `dependencies` a play has begun on a host, by
/// their keys: who needs one of them later need not run it again. Any thread
/// may ask.
class role_memory {
public:
  /// A role with this key begins; empty: it is one that a task has chosen,
  /// which runs however often it is chosen.
  void begin(const std::string& key) {
    std::lock_guard guard{mutex_};
    if (!key.empty())
      begun_.insert(key);
  }

  bool has_begun(const std::string& key) const {
    std::lock_guard guard{mutex_};
    return begun_.contains(key);
  }

private:
  mutable std::mutex mutex_;
  std::set<std::string> begun_;
};

} // namespace troupe
