#pragma once

#include "actors/state/journal.hpp"
#include "platform/host.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What came of undoing one change.
struct undo_step {
  std::string path;
  /// "removed", "restored", "mode and owner restored", "as before"; or why it
  /// could not be undone.
  std::string what;
  bool failed = false;
};

/// Plays changes back, the newest first. Goes on after a change that cannot
/// be undone. `folder` is where old contents were kept. In check mode nothing
/// is touched and the steps say what would be done.
std::vector<undo_step> undo_changes(const std::vector<undo_entry>& changes,
                                    host& machine, const std::string& folder,
                                    bool check_mode = false);

} // namespace troupe
