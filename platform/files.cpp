#include "platform/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace troupe {

file_time to_file_time(double seconds) {
  // Further away than this there are no times, and what is no number is none.
  constexpr double most = 9e18;
  seconds = std::isnan(seconds) ? 0 : std::clamp(seconds, -most, most);
  auto whole = std::floor(seconds);
  auto rest = std::min((seconds - whole) * 1e9, 999'999'999.0);
  return {static_cast<int64_t>(whole), static_cast<uint32_t>(rest)};
}

double to_seconds(const file_time& time) {
  return static_cast<double>(time.seconds)
         + static_cast<double>(time.nanoseconds) / 1e9;
}

result<void> file_system::exchange(const std::string& one,
                                   const std::string& other) {
  return error{errc::unsupported,
               fmt::format("cannot exchange '{}' and '{}'", one, other)};
}

result<void> file_system::rename_new(const std::string& from,
                                     const std::string& to) {
  auto there = status(to, false);
  if (!there)
    return there.why();
  if (*there)
    return error{errc::system, fmt::format("cannot rename '{}' to '{}': there "
                                           "is something",
                                           from, to)};
  return rename(from, to);
}

bool is_same_file(const file_status& x, const file_status& y) {
  return x.inode == y.inode && x.device == y.device && x.kind == y.kind
         && x.born_at == y.born_at;
}

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
