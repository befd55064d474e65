#include "platform/files.hpp"

#include <fmt/format.h>

namespace troupe {

const char* name_of(file_kind kind) {
  switch (kind) {
  case file_kind::regular:
    return "a regular file";
  case file_kind::directory:
    return "a directory";
  case file_kind::symlink:
    return "a symbolic link";
  case file_kind::fifo:
    return "a FIFO";
  case file_kind::socket:
    return "a socket";
  case file_kind::block_device:
    return "a block device";
  case file_kind::character_device:
    return "a character device";
  }
  return "a file";
}

result<void> make_private_folders(file_system& files, const std::string& path) {
  auto there = files.status(path, true);
  if (!there)
    return there.why();
  if (*there && (*there)->kind != file_kind::directory)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is not a folder", path)};
  if (*there)
    return {};
  auto slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0)
    if (auto made = make_private_folders(files, path.substr(0, slash)); !made)
      return made;
  return files.make_directory(path, 0700);
}

} // namespace troupe
