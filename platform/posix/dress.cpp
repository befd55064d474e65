#include "platform/posix/dress.hpp"

#include "platform/posix/extended_attributes.hpp"
#include "platform/posix/file_flags.hpp"
#include "platform/posix/status.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

namespace {

/// A file that is held as the place it is, and what it was then.
struct held_place {
  descriptor file;
  struct stat status {};
};

result<held_place> hold(const char* what, const std::string& path,
                        const location& at) {
  held_place out;
  out.file.reset(
    ::openat(at.folder(), at.name(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!out.file || ::fstat(out.file.get(), &out.status) != 0)
    return path_failure(what, path);
  return out;
}

bool is_same(const struct stat& x, const struct stat& y) {
  return x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

/// Places take no mode, but their names among the open files do. Where those
/// are not to be seen (no /proc) the file has to be opened.
int change_mode(const held_place& held, const location& at, uint32_t mode) {
  auto name = name_of_open(held.file.get());
  if (::chmod(name.c_str(), mode) == 0)
    return 0;
  if (errno != ENOENT
      || (!S_ISREG(held.status.st_mode) && !S_ISDIR(held.status.st_mode)))
    return errno;
  descriptor open{::openat(at.folder(), at.name(),
                           O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)};
  struct stat raw;
  if (!open || ::fstat(open.get(), &raw) != 0)
    return errno;
  if (!is_same(raw, held.status))
    return ESTALE;
  return ::fchmod(open.get(), mode) == 0 ? 0 : errno;
}

result<void> give_back_flags(const held_place& held, const std::string& path,
                             const std::string& flags) {
  // Opened again, as a file and not as a place only.
  descriptor file{::open(name_of_open(held.file.get()).c_str(),
                         O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  if (!file)
    return path_failure("set the flags of", path);
  return write_open_flags(file.get(), path, flags);
}

/// Without those for files that nobody may change: `i` and `a`.
std::string without_locks(std::string flags) {
  std::erase_if(flags, [](char c) { return c == 'i' || c == 'a'; });
  return flags;
}

/// What links have too: an owner, attributes and a time.
result<void> dress_link(const held_place& held, const location& at,
                        const std::string& path, const file_dress& wanted) {
  if (::fchownat(held.file.get(), "", wanted.uid, wanted.gid, AT_EMPTY_PATH)
      != 0)
    return path_failure("set the owner of", path);
  if (wanted.attributes
      && (errno
          = write_open_attributes(held.file.get(), *wanted.attributes, true))
           != 0)
    return path_failure("set the extended attributes of", path);
  if (!wanted.modified)
    return {};
  timespec times[2] = {{0, UTIME_OMIT},
                       {static_cast<time_t>(wanted.modified->seconds),
                        static_cast<long>(wanted.modified->nanoseconds)}};
  if (::utimensat(at.folder(), at.name(), times, AT_SYMLINK_NOFOLLOW) != 0)
    return path_failure("set the times of", path);
  return {};
}

} // namespace

result<void> dress_file(const std::string& path, const file_status& expected,
                        const file_dress& wanted) {
  auto at = locate_in_folder("dress", path, way::without_links);
  if (!at)
    return at.why();
  auto held = hold("dress", path, *at);
  if (!held)
    return held.why();
  auto& now = held->status;
  auto known = to_status(now);
  known.born_at = birth_of(held->file.get(), "", false);
  if (!is_same_file(known, expected))
    return error{errc::not_found,
                 fmt::format("'{}' is another file by now", path)};
  if (S_ISLNK(now.st_mode))
    return dress_link(*held, *at, path, wanted);
  auto fd = held->file.get();
  // Some flags forbid the rest: they go first and come last.
  if (wanted.flags)
    if (auto put = give_back_flags(*held, path, without_locks(*wanted.flags));
        !put)
      return put;
  // The owner next: a change of it takes set-user-id bits and capabilities.
  auto moves = now.st_uid != wanted.uid || now.st_gid != wanted.gid;
  if (moves && ::fchownat(fd, "", wanted.uid, wanted.gid, AT_EMPTY_PATH) != 0)
    return path_failure("set the owner of", path);
  // Who may write to a file and does not own it may give it attributes.
  if ((moves || (now.st_mode & 07777) != wanted.mode)
      && (errno = change_mode(*held, *at, wanted.mode)) != 0)
    return path_failure("set the mode of", path);
  if (wanted.attributes
      && (errno = write_open_attributes(fd, *wanted.attributes, true)) != 0)
    return path_failure("set the extended attributes of", path);
  if (wanted.modified) {
    timespec times[2] = {{0, UTIME_OMIT},
                         {static_cast<time_t>(wanted.modified->seconds),
                          static_cast<long>(wanted.modified->nanoseconds)}};
    if (::utimensat(AT_FDCWD, name_of_open(fd).c_str(), times, 0) != 0)
      return path_failure("set the times of", path);
  }
  return wanted.flags ? give_back_flags(*held, path, *wanted.flags)
                      : result<void>{};
}

result<void> set_file_mode(const std::string& path, uint32_t mode, way how) {
  constexpr const char* what = "set the mode of";
  auto at = locate(what, path, how);
  if (!at)
    return at.why();
  auto held = hold(what, path, *at);
  if (!held)
    return held.why();
  errno = S_ISLNK(held->status.st_mode) ? ELOOP : change_mode(*held, *at, mode);
  if (errno != 0)
    return path_failure(what, path);
  return {};
}

} // namespace troupe
