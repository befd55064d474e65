#pragma once

#include "actors/state/undo_entry.hpp"
#include "platform/files.hpp"

#include <optional>
#include <string>

namespace troupe {

/// A path now, beside what is known of it.
struct undo_comparison {
  /// Without links.
  file_system& files;
  const undo_entry& entry;
  /// Nothing when the path is absent.
  std::optional<file_status> now;
  /// Where the old content is; empty when none was kept.
  std::string kept;
  /// The path has been put back to what it was after this change.
  bool put_back = false;
  /// So has its content, not only its owner and mode.
  bool content_back = false;
};

/// Whether the path is what it was before the change.
bool is_as_before(const undo_comparison& what);

/// Whether its kind and content are what they were before the change, however
/// it looks otherwise.
bool has_content_as_before(const undo_comparison& what);

/// Whether it is what an undo that was killed has put back, but for its flags
/// (or the time of a link): owner, mode and content are those of before, so
/// nothing of anybody's is lost when that is done again.
bool is_half_restored(const undo_comparison& what);

/// Whether the very file is there that the change has found.
bool is_the_same(const undo_comparison& what);

/// Whether the very file is there that the change would have replaced or taken
/// away: then it did not happen, or is undone.
bool has_not_happened(const undo_comparison& what);

/// Whether both changes have found the same file.
bool found_the_same(const undo_entry& x, const undo_entry& y);

/// Whether this file has the owner, mode and time that the change has found.
bool looks_as_found(const file_status& now, const undo_entry& entry);

/// Whether a change of owner, mode, time or flags was to the very file that is
/// there: whatever they are by now, they can be put back.
bool can_be_dressed(const undo_comparison& what);

/// Why the path is not what the change has made of it; empty when it is.
std::string changed_since(const undo_comparison& what);

/// Why the content is not what the change has left; empty when it is, or when
/// the change has left none, or something of another kind.
std::string content_changed_since(const undo_comparison& what);

/// How the file has to look again: what the change could touch as it was, the
/// rest as it is now.
file_dress dress_to_put_back(const undo_comparison& what);

/// The content that is there against that which comes back, in the unified
/// format. Not of what is long or binary.
std::string difference_in_content(const undo_comparison& what);

} // namespace troupe
