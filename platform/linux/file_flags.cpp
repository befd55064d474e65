#include "platform/posix/file_flags.hpp"

#include "platform/posix/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace troupe {

namespace {

struct flag_letter {
  char letter;
  int bit;
};

// The letters of chattr(1), in the order in which lsattr(1) prints them.
constexpr flag_letter letters[] = {
  {'s', FS_SECRM_FL},   {'u', FS_UNRM_FL},         {'S', FS_SYNC_FL},
  {'D', FS_DIRSYNC_FL}, {'i', FS_IMMUTABLE_FL},    {'a', FS_APPEND_FL},
  {'d', FS_NODUMP_FL},  {'A', FS_NOATIME_FL},      {'c', FS_COMPR_FL},
  {'E', FS_ENCRYPT_FL}, {'j', FS_JOURNAL_DATA_FL}, {'I', FS_INDEX_FL},
  {'t', FS_NOTAIL_FL},  {'T', FS_TOPDIR_FL},       {'e', FS_EXTENT_FL},
  {'C', FS_NOCOW_FL},   {'F', FS_CASEFOLD_FL},     {'P', FS_PROJINHERIT_FL},
};

descriptor open_for_flags(const std::string& path) {
  return descriptor{
    ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)};
}

std::optional<int> bits_of(int fd) {
  int bits = 0;
  if (::ioctl(fd, FS_IOC_GETFLAGS, &bits) != 0)
    return std::nullopt;
  return bits;
}

} // namespace

result<std::string> read_file_flags(const std::string& path) {
  auto file = open_for_flags(path);
  auto bits = file ? bits_of(file.get()) : std::nullopt;
  if (!bits)
    return system_error(errno,
                        fmt::format("cannot read the flags of '{}'", path));
  std::string out;
  for (auto& [letter, bit] : letters)
    if ((*bits & bit) != 0)
      out += letter;
  return out;
}

result<void> write_file_flags(const std::string& path,
                              const std::string& flags) {
  int wanted = 0;
  for (auto c : flags) {
    auto known = false;
    for (auto& [letter, bit] : letters) {
      if (letter == c) {
        wanted |= bit;
        known = true;
      }
    }
    if (!known)
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no file flag of chattr", c)};
  }
  auto file = open_for_flags(path);
  auto bits = file ? bits_of(file.get()) : std::nullopt;
  if (!bits)
    return system_error(errno,
                        fmt::format("cannot read the flags of '{}'", path));
  auto all = 0;
  for (auto& [_, bit] : letters)
    all |= bit;
  auto result_bits = (*bits & ~all) | wanted;
  if (::ioctl(file.get(), FS_IOC_SETFLAGS, &result_bits) != 0)
    return system_error(errno,
                        fmt::format("cannot set the flags of '{}'", path));
  return {};
}

bool system_labels_files() {
  return ::access("/sys/fs/selinux/enforce", F_OK) == 0;
}

result<std::string> read_file_label(const std::string& path) {
  char buffer[4096];
  auto n = ::lgetxattr(path.c_str(), "security.selinux", buffer, sizeof buffer);
  if (n < 0)
    return system_error(errno,
                        fmt::format("cannot read the label of '{}'", path));
  std::string out{buffer, static_cast<size_t>(n)};
  while (!out.empty() && out.back() == '\0')
    out.pop_back();
  return out;
}

result<void> write_file_label(const std::string& path,
                              const std::string& label) {
  // The kernel expects the NUL that ends the text.
  if (::lsetxattr(path.c_str(), "security.selinux", label.c_str(),
                  label.size() + 1, 0)
      != 0)
    return system_error(errno, fmt::format("cannot set the label of '{}' to "
                                           "'{}'",
                                           path, label));
  return {};
}

} // namespace troupe
