#pragma once

#include "actors/state/undo.hpp"
#include "actors/state/undo_history.hpp"
#include "actors/state/undo_names.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace troupe {

/// What is known about all changes while they are undone.
struct undoing {
  file_system& files;
  /// The same, where what is written survives the end of the machine too.
  file_system& lasting;
  undo_terms terms;
  /// Paths that are what they were before the change undone last, with the
  /// files that are there (none in check mode).
  std::map<std::string, std::optional<file_status>> put_back = {};
  /// Those of them whose content is what it was then, too.
  std::set<std::string> content_back = {};
  /// How what the run has made would look with its mode and owner undone, which
  /// stay as they are until it goes: older changes are compared with that.
  std::map<std::string, file_status> worn = {};
  /// The modes of those that their owner could not have worked in.
  std::map<std::string, uint32_t> opened = {};
  /// Paths of which a newer change was left alone.
  std::set<std::string> left = {};
  /// Folders that were not put back, with the reason: what is there by now, if
  /// anything, is another one, and gets nothing of what was in them.
  std::map<std::string, std::string> foreign = {};
  /// Folders that are back, with the time that each had: what comes back into
  /// one changes it.
  std::map<std::string, file_time> times = {};
  /// Paths that would be gone.
  std::set<std::string> gone = {};
  /// Paths whose content may not be shown, with what is said instead.
  std::map<std::string, std::string> hidden = {};
  std::map<std::string, undo_history> history = {};
  /// Changes that made another name of a file.
  undo_links linked = {};
  /// Paths that an undo before this one has put back as far as to before a
  /// change; all newer ones are undone.
  std::map<std::string, const undo_entry*> reached = {};
  /// Files with several names.
  undo_names names = {};
};

/// Undoes one change, after all newer ones.
undo_step undo_one(const undo_entry& entry, undoing& all);

} // namespace troupe
