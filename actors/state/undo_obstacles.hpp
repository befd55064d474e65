#pragma once

#include "actors/state/undo_restore.hpp"

#include <string>

namespace troupe {

// What is in the way of undoing a change besides what others have changed.

/// Why the old content is not to be had any more; empty when it is, or when the
/// change needs none.
std::string missing_content(const undo_site& site);

/// Whether a folder above the path is what it was before a change, older than
/// this one, that has made it a folder only: then an undo has been here, and
/// what was in that folder went with it.
bool is_gone_with_folder(const undo_entry& entry, undoing& all);

/// In check mode: why the path could not be put back or taken away; empty when
/// nothing is known that would hinder it. `dressing`: only owner, mode, times
/// or flags come back.
std::string cannot_write(const undo_site& site, bool dressing);

} // namespace troupe
