#pragma once

#include "actors/state/undo_entry.hpp"
#include "platform/host.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe {

/// What came of undoing one change. Of one that is `unread` no text names its
/// path.
struct undo_step {
  std::string path;
  /// "removed", "restored", "mode and owner restored", "as before"; or why it
  /// could not be undone.
  std::string what;
  bool failed = false;
  /// In check mode: what of the path would be different in the end, once for
  /// each path.
  std::string diff = {};
  /// There was nothing to do: the path is what it was before the change.
  bool unchanged = false;
  /// Something was done to it, though it may have failed in the end.
  bool touched = false;
  /// The change, among those that were given.
  const undo_entry* of = nullptr;

  /// The path is, or in check mode would be, another one than it was, and what
  /// it was before the change.
  bool has_undone() const {
    return !failed && !unchanged;
  }
};

/// How changes are undone.
struct undo_terms {
  /// Where old contents were kept.
  std::string folder;
  /// Touch nothing; the steps say what would be done.
  bool check_mode = false;
  /// What was changed by others since is kept beside its path and the old
  /// content put in its place. Otherwise it is left alone: the step fails.
  bool force = false;
  /// An undo of the run has begun before: what is kept no more it may have put
  /// back.
  bool again = false;
  /// Whether the contents that a task has written may be shown; empty: all may.
  std::function<bool(const std::string& task)> shows = {};
  /// Why those of a task may not be shown, as "its task never ended"; empty, or
  /// an empty answer: for its no_log.
  std::function<std::string(const std::string& task)> why_hidden = {};
  /// Asked before each change: whether it and all older ones are to stay as
  /// they are; empty: they are not.
  std::function<bool()> stops = {};
  /// Hears of each step as soon as it is done; empty: nobody does.
  std::function<void(const undo_step&)> tells = {};
};

/// Plays changes back, the newest first. Goes on after a change that cannot
/// be undone, but undoes no older one of the same path. A path is only touched
/// while it is what the change has made of it, and never through a symbolic
/// link that was not there then.
std::vector<undo_step> undo_changes(const std::vector<undo_entry>& changes,
                                    host& machine, const undo_terms& terms);

} // namespace troupe
