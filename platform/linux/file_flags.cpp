#include "platform/posix/file_flags.hpp"

#include "platform/posix/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
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

/// For what only regular files and folders have. Nothing else is opened.
result<descriptor> open_for_flags(const char* what, const std::string& path,
                                  way how) {
  auto at = locate(what, path, how);
  if (!at)
    return at.why();
  struct stat raw;
  if (::fstatat(at->folder(), at->name(), &raw, AT_SYMLINK_NOFOLLOW) != 0)
    return path_failure(what, path);
  if (!S_ISREG(raw.st_mode) && !S_ISDIR(raw.st_mode))
    return system_error(ENOTTY, fmt::format("cannot {} '{}'", what, path));
  descriptor file{
    ::openat(at->folder(), at->name(),
             O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)};
  if (!file)
    return path_failure(what, path);
  return file;
}

std::optional<int> bits_of(int fd) {
  int bits = 0;
  if (::ioctl(fd, FS_IOC_GETFLAGS, &bits) != 0)
    return std::nullopt;
  return bits;
}

result<int> bits_of_letters(const std::string& flags) {
  int wanted = 0;
  for (auto c : flags) {
    auto known = std::find_if(std::begin(letters), std::end(letters),
                              [&](auto& each) { return each.letter == c; });
    if (known == std::end(letters))
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no file flag of chattr", c)};
    wanted |= known->bit;
  }
  return wanted;
}

constexpr const char* label_entry = "security.selinux";

/// A link's own label has to be asked for by name: in its folder, as the system
/// has no such call for descriptors.
result<std::string> path_for_label(const std::string& path,
                                   const result<location>& at, way how) {
  if (!at)
    return at.why();
  if (how == way::through_links)
    return path;
  return fmt::format("{}/{}", name_of_open(at->folder()), at->name());
}

} // namespace

result<std::string> read_file_flags(const std::string& path, way how) {
  constexpr const char* what = "read the flags of";
  auto file = open_for_flags(what, path, how);
  if (!file)
    return file.why();
  auto bits = bits_of(file->get());
  if (!bits)
    return path_failure(what, path);
  std::string out;
  for (auto& [letter, bit] : letters)
    if ((*bits & bit) != 0)
      out += letter;
  return out;
}

result<void> write_open_flags(int fd, const std::string& path,
                              const std::string& flags) {
  auto wanted = bits_of_letters(flags);
  if (!wanted)
    return wanted.why();
  auto bits = bits_of(fd);
  if (!bits)
    return path_failure("read the flags of", path);
  auto all = 0;
  for (auto& [_, bit] : letters)
    all |= bit;
  auto next = (*bits & ~all) | *wanted;
  if (next != *bits && ::ioctl(fd, FS_IOC_SETFLAGS, &next) != 0)
    return path_failure("set the flags of", path);
  return {};
}

result<void> write_file_flags(const std::string& path, const std::string& flags,
                              way how) {
  if (auto known = bits_of_letters(flags); !known)
    return known.why();
  auto file = open_for_flags("read the flags of", path, how);
  if (!file)
    return file.why();
  return write_open_flags(file->get(), path, flags);
}

result<void> check_file_flags(const std::string& flags) {
  auto known = bits_of_letters(flags);
  return known ? result<void>{} : result<void>{known.why()};
}

bool system_labels_files() {
  return ::access("/sys/fs/selinux/enforce", F_OK) == 0;
}

result<std::string> read_file_label(const std::string& path, way how) {
  constexpr const char* what = "read the label of";
  auto at = locate(what, path, how);
  auto name = path_for_label(path, at, how);
  if (!name)
    return name;
  char buffer[4096];
  auto n = ::lgetxattr(name->c_str(), label_entry, buffer, sizeof buffer);
  if (n < 0)
    return path_failure(what, path);
  std::string out{buffer, static_cast<size_t>(n)};
  while (!out.empty() && out.back() == '\0')
    out.pop_back();
  return out;
}

result<void> write_file_label(const std::string& path, const std::string& label,
                              way how) {
  constexpr const char* what = "set the label of";
  auto at = locate(what, path, how);
  auto name = path_for_label(path, at, how);
  if (!name)
    return name.why();
  // The kernel expects the NUL that ends the text.
  if (::lsetxattr(name->c_str(), label_entry, label.c_str(), label.size() + 1,
                  0)
      != 0)
    return system_error(errno, fmt::format("cannot set the label of '{}' to "
                                           "'{}'",
                                           path, label));
  return {};
}

} // namespace troupe
