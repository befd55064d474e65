#pragma once

#include "actors/state/undo_comparison.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

/// The changes of one path, the oldest first; all of them lie in one vector, so
/// that where they are says which is older.
using undo_history = std::vector<const undo_entry*>;

/// The changes that made another name of a file, by its inode.
using undo_links = std::unordered_map<uint64_t, undo_history>;

/// Where the old content of a path is; empty when none was kept.
std::string kept_path(const undo_entry& of, const std::string& folder);

/// The oldest change of content or existence; null: there is none.
const undo_entry* oldest_whole(const undo_history& all);

/// Whether one of them is of flags.
bool changes_flags(const undo_history& all);

/// How many names the file of a path had before the run, which may have made
/// some: `linked` are all changes of the run that did.
uint64_t names_before(const undo_history& all, const undo_links& linked);

/// The newest change of content or existence that is not newer than `change`
/// and did happen; null: there is none.
const undo_entry* last_whole(const undo_history& all, const undo_entry& change);

/// Whether a change that was noted did not happen, as the run died before it: a
/// newer one has found the path as this one had.
bool changed_nothing(const undo_history& all, const undo_entry& change);

/// Where the old file itself is, when a change that did not happen has kept it
/// and `what.entry`, which found it with two names for that, only a copy;
/// empty: nowhere, or it is not what it was.
std::string kept_twin(const undo_history& all, const undo_comparison& what,
                      const std::string& folder);

/// The changes, with the old content that one could not keep taken from an
/// older one that did not happen, as the run died before it, and has kept that
/// very file. Nothing when all are as they were given.
std::optional<std::vector<undo_entry>>
with_first_contents(const std::vector<undo_entry>& changes);

/// The oldest change before which the path is already what it was, down to its
/// extended attributes, though the run has changed it and back since; null:
/// none.
const undo_entry* find_as_before(const undo_history& all,
                                 const undo_comparison& what,
                                 const std::string& folder);

/// The oldest change before `what.entry` as far back as to before which an undo
/// that was killed, or done already, has put the path; null: none. `folder` has
/// what was kept.
const undo_entry* find_reached(const undo_history& all,
                               const undo_comparison& what,
                               const std::string& folder);

} // namespace troupe
