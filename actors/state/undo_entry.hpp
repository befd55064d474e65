#pragma once

#include "config/value/record_codec.hpp"
#include "platform/files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a change makes of a path, as far as that is known before it happens;
/// by it an undo finds out whether somebody else has changed the path since.
struct undo_after {
  /// "absent", "file", "directory" or "link"; "same" when only owner, mode,
  /// times, flags or attributes of what is there change. Empty: nobody knows,
  /// the record is of an older version.
  std::string kind;
  /// SHA-256 of a file's content, in hex; empty when not known.
  std::string digest;
  /// Of a symbolic link.
  std::string target;
  /// The file that gets the path as another name, by its inode and when it was
  /// made; 0: a new one.
  uint64_t inode = 0;
  file_time born = {};
  std::optional<uint32_t> mode;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  std::optional<file_time> modified;
  std::optional<std::string> flags;
  /// When the change is of these.
  std::optional<std::vector<extended_attribute>> attributes;
};

/// Which file a path led to, so that another one there is told from it.
struct file_identity {
  uint64_t inode = 0;
  uint64_t device = 0;
  file_time born = {};
};

/// What is kept of a file's old content.
struct kept_content {
  /// Where it is, relative to the run's folder; empty when the content was not
  /// about to change, or could not be kept.
  std::string name;
  /// It is the old file itself under another name, not a copy.
  bool itself = false;
  /// Why it could not be kept.
  std::string lost;
};

/// Of a change whose path, or what else names it, nobody may read: a journal
/// has its record sealed.
struct unread_change {
  /// What is shown in place of the path; empty: nothing of it.
  std::string shown;
  /// The record, as long as it has not been opened: until then the change has
  /// no path. Empty: it could not be sealed, and is lost.
  std::optional<std::string> sealed;
};

/// What a path was before it changed.
struct undo_entry {
  std::string task;
  /// Free of symbolic links, but for one at its end, which is meant itself.
  std::string path;
  /// The kind of file; "absent" when there was none, "program" when `path`
  /// says in words what a program changed.
  std::string kind;
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  file_time modified = {};
  /// Of a symbolic link.
  std::string target;
  kept_content kept;
  /// Content or existence changes, not only owner, mode or times.
  bool whole = false;
  /// The content was written over where the system did not let the file be
  /// replaced, and comes back that way.
  bool in_place = false;
  file_identity was;
  /// How many names that file had.
  uint64_t names = 1;
  /// Where the change could touch them and `kept` does not have them.
  std::optional<std::vector<extended_attribute>> attributes;
  std::optional<std::string> flags;
  undo_after after;
  std::optional<unread_change> unread;
};

/// Whether only its task, and where its old content was kept, are known of it.
bool is_sealed(const undo_entry& entry);

/// What anybody may know of a change that is `unread`.
undo_entry readable_part(const undo_entry& entry);

/// What `undo_entry::kind` says of a file of this kind; "special" for what is
/// none of those that have a name.
const char* kind_name(file_kind kind);

void write(record_writer& to, const undo_entry& from);
undo_entry read_undo(record_reader& from);

} // namespace troupe
