#pragma once

#include "actors/state/undo_one.hpp"

#include <optional>
#include <string>

namespace troupe {

/// The path of one change while that is undone.
struct undo_site {
  const undo_entry& entry;
  undoing& all;
  /// What is there; changes on the way.
  std::optional<file_status> now = {};
  /// What is there in the end, known before it has its name: whatever somebody
  /// puts there later is another file.
  std::optional<file_status> placed = {};
  /// A newer change has been undone, and nobody has touched the path since.
  bool put_back = false;
  /// So has its content, which nothing but a change of content puts back.
  bool content_back = false;
  /// The old state is at its path.
  bool in_place = false;
  /// A folder that was in the way of it has been removed.
  bool cleared = false;
  /// It is back, but no longer another name of the file that it was.
  bool back_alone = false;
  /// It is, or in check mode would be, the very file that the change has found.
  bool original = false;

  /// In check mode newer changes of the path have not really been undone.
  bool predicted() const {
    return all.terms.check_mode && put_back;
  }

  std::string kept() const {
    return kept_path(entry, all.terms.folder);
  }

  undo_comparison comparison() const {
    return {all.files, entry, now, kept(), put_back, content_back};
  }

  undo_step done(std::string what) const {
    return {entry.path, std::move(what), false};
  }

  undo_step failed(std::string why) const {
    return {entry.path, std::move(why), true};
  }
};

/// What is said of a name that is back and not one of the file that had so
/// many; `joined`: it shares its file with some of them.
std::string apart(uint64_t names, bool joined);

/// Makes the path what it was before the change, or in check mode says that. It
/// is nothing that others have made: who calls this has seen to that.
undo_step restore(undo_site& site);

} // namespace troupe
