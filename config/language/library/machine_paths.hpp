#pragma once

#include "platform/files.hpp"

#include <optional>
#include <string>

namespace troupe {

class host;

// Python's os.path where it asks the machine.

/// What is at `path`; nothing when that is nothing or cannot be known.
std::optional<file_status> look_at(host& machine, const std::string& path,
                                   bool follow = true);

/// Regular files that match a shell pattern, sorted.
std::vector<std::string> matching_files(host& machine,
                                        const std::string& pattern);

std::string absolute_path(host& machine, const std::string& path);

/// Absolute, with symbolic links followed as far as they exist.
std::string real_path(host& machine, const std::string& path);

/// `~` and `~USER` at the beginning replaced by a home folder.
std::string expand_user(host& machine, const std::string& path);

/// `$NAME` and `${NAME}` replaced from the environment.
std::string expand_variables(host& machine, const std::string& path);

} // namespace troupe
