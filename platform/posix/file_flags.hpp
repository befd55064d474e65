#pragma once

#include "platform/posix/location.hpp"
#include "platform/result.hpp"

#include <string>

namespace troupe {

/// The flags that `lsattr` shows for a file.
result<std::string> read_file_flags(const std::string& path, way how);

/// Sets exactly these flags.
result<void> write_file_flags(const std::string& path, const std::string& flags,
                              way how);

/// The same for an open file, which `path` names in messages.
result<void> write_open_flags(int fd, const std::string& path,
                              const std::string& flags);

/// An error when one of the letters is none of chattr(1).
result<void> check_file_flags(const std::string& flags);

/// Whether the running system labels files for SELinux.
bool system_labels_files();

/// The SELinux label of a path, a link's own.
result<std::string> read_file_label(const std::string& path, way how);

result<void> write_file_label(const std::string& path, const std::string& label,
                              way how);

} // namespace troupe
