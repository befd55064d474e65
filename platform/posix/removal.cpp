#include "platform/posix/removal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

namespace troupe {

namespace {

constexpr auto deepest_removal = 1000U;

struct folder_closer {
  void operator()(DIR* x) const {
    ::closedir(x);
  }
};

using open_folder = std::unique_ptr<DIR, folder_closer>;

/// Null, and `errno`, when it cannot be opened.
open_folder open_to_list(int parent, const char* name, int more) {
  descriptor fd{
    ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | more)};
  if (!fd)
    return nullptr;
  open_folder out{::fdopendir(fd.get())};
  if (out)
    static_cast<void>(fd.release());
  return out;
}

/// The next name but for `.` and `..`; null at the end, when `errno` is 0, and
/// when the system cannot say how it goes on.
const char* next_name(DIR& from) {
  for (;;) {
    errno = 0;
    auto entry = ::readdir(&from);
    if (!entry)
      return nullptr;
    std::string_view name{entry->d_name};
    if (name != "." && name != "..")
      return entry->d_name;
  }
}

/// Whether what could not be unlinked is a folder. Systems refuse to unlink
/// folders with the same number with which they refuse the rest.
bool is_folder(int parent, const char* name) {
  auto refused = errno;
  struct stat raw;
  auto known = ::fstatat(parent, name, &raw, AT_SYMLINK_NOFOLLOW) == 0;
  errno = refused;
  return known && S_ISDIR(raw.st_mode);
}

result<void> remove_folder(int parent, const char* name,
                           const std::string& path, unsigned depth);

result<void> remove_entry(int parent, const char* name, const std::string& path,
                          unsigned depth) {
  if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT)
    return {};
  if (is_folder(parent, name))
    return remove_folder(parent, name, path, depth);
  return path_failure("remove", path);
}

result<void> remove_folder(int parent, const char* name,
                           const std::string& path, unsigned depth) {
  if (depth > deepest_removal) {
    errno = ELOOP;
    return path_failure("remove", path);
  }
  auto folder = open_to_list(parent, name, O_NOFOLLOW);
  if (!folder)
    return path_failure("remove", path);
  while (auto below = next_name(*folder))
    if (auto gone = remove_entry(::dirfd(folder.get()), below,
                                 path + '/' + below, depth + 1);
        !gone)
      return gone;
  if (errno != 0)
    return path_failure("list", path);
  if (::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
    return path_failure("remove", path);
  return {};
}

} // namespace

result<void> remove_path(const std::string& path, way how) {
  auto at = locate("remove", path, how);
  if (!at)
    return at.why();
  struct stat raw;
  if (::fstatat(at->folder(), at->name(), &raw, AT_SYMLINK_NOFOLLOW) != 0
      || ::unlinkat(at->folder(), at->name(),
                    S_ISDIR(raw.st_mode) ? AT_REMOVEDIR : 0)
           != 0)
    return path_failure("remove", path);
  return {};
}

result<void> remove_tree(const std::string& path, way how) {
  auto at = locate("remove", path, how);
  if (!at)
    return at.why();
  return remove_entry(at->folder(), at->name(), path, 0);
}

result<std::vector<std::string>> list_folder(const std::string& path, way how) {
  auto at = locate("list", path, how);
  if (!at)
    return at.why();
  auto folder = open_to_list(at->folder(), at->name(),
                             how == way::through_links ? 0 : O_NOFOLLOW);
  if (!folder)
    return path_failure("list", path);
  std::vector<std::string> out;
  while (auto name = next_name(*folder))
    out.emplace_back(name);
  if (errno != 0)
    return path_failure("list", path);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace troupe
