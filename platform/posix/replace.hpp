#pragma once

#include "platform/files.hpp"
#include "platform/posix/location.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// One atomic replacement of a file.
struct replacement {
  std::string path;
  /// Content in memory, unless `source` names a file to copy.
  std::string_view content;
  std::optional<file_source> source;
  file_attributes wanted;
  std::function<result<void>(const std::string&)> validate;
  uint32_t umask = 022;
  bool durable = false;
  /// Of `path`; `source` may lead through links in any case.
  way links = way::through_links;
};

/// Temporary file in the same folder, owner and mode by descriptor, rename.
result<void> replace_file(const replacement& what);

/// Creates every missing byte of `content` in `fd`; 0 or the system's error.
int write_all(int fd, std::string_view content);

/// Copies the rest of `from` to `to` inside the kernel where it can; 0 or the
/// system's error.
int copy_content(int from, int to);

} // namespace troupe
