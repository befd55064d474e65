#pragma once

#include "platform/files.hpp"

#include <optional>
#include <string>

namespace troupe {

// An undo compares what is at a path and then puts something else there: in
// between somebody may have written to it. So it is moved first, and only what
// still is what was compared goes away.

/// Whether nobody has written to the file since that was known of it. Of a
/// folder only that it is the same one.
bool is_unchanged(const file_status& now, const file_status& compared);

/// `path` with something behind its name, which is cut short where it would be
/// too long with that.
std::string with_suffix(const std::string& path, const std::string& suffix);

/// Takes away what is at `path`, if it still is what was compared; otherwise it
/// stays, and that is an error.
result<void> take_away(file_system& files, const std::string& path,
                       const file_status& compared);

/// Gives what is at `from` the name `path`, in the place of what was compared
/// (nothing: nothing was there). On an error both are as they were.
result<void> put_in(file_system& files, const std::string& from,
                    const std::string& path,
                    const std::optional<file_status>& compared);

} // namespace troupe
