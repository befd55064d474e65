#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// The tags of the tasks that a run comes to, those of included files among
/// them. Thread-safe.
class tag_watch {
public:
  void note(const std::vector<std::string>& tags);

  /// Absent when there were more than are kept: 10,000.
  std::optional<std::vector<std::string>> seen() const;

private:
  mutable std::mutex mutex_;
  std::set<std::string> seen_;
  bool too_many_ = false;
};

} // namespace troupe
