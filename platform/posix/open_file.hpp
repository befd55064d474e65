#pragma once

#include "platform/files.hpp"
#include "platform/posix/location.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/result.hpp"

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace troupe {

/// A file that is open for reading, and what was known when it was opened.
struct readable_file {
  descriptor file;
  struct stat status {};
};

/// Opens a file to read it, and never waits: what is neither a regular file
/// nor the null device is refused (`invalid_argument`) and not touched.
result<readable_file> open_to_read(const std::string& path,
                                   way how = way::through_links);

/// The whole content of what is open; an error when it is longer than `limit`.
result<std::string> read_open(const readable_file& from,
                              const std::string& path, size_t limit);

/// `file_system::read_stream` of this machine.
result<std::string> read_any(const std::string& path, size_t limit);

/// `file_system::holds` and `read_start` of this machine.
bool file_holds(const std::string& path, std::string_view content, way how);
result<std::string> read_file_start(const std::string& path, size_t length,
                                    way how);

} // namespace troupe
