#include "platform/posix/location.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace troupe {

namespace {

/// Kernels before 5.6 and strict filters do not have the call.
bool is_missing(int number) {
  return number == ENOSYS || number == EPERM;
}

/// One folder after another, each opened in the one before.
int open_step_by_step(const char* path, int flags) {
  descriptor at{
    ::open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  for (auto* rest = path; at;) {
    rest += std::strspn(rest, "/");
    if (*rest == '\0')
      break;
    auto length = std::strcspn(rest, "/");
    std::string name{rest, length};
    rest += length;
    at.reset(::openat(at.get(), name.c_str(),
                      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    // The system says of a link only that it is no folder.
    struct stat raw;
    if (!at && errno == ENOTDIR
        && ::lstat(std::string(path, rest).c_str(), &raw) == 0)
      errno = S_ISLNK(raw.st_mode) ? ELOOP : ENOTDIR;
  }
  if (!at || (flags & O_PATH) != 0)
    return at.release();
  return ::openat(at.get(), ".", flags);
}

} // namespace

int open_folder_without_links(const char* path, int flags) {
  static std::atomic<bool> missing{false};
  if (!missing) {
    open_how how{};
    how.flags = static_cast<uint64_t>(flags);
    how.resolve = RESOLVE_NO_SYMLINKS;
    auto fd = static_cast<int>(
      ::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
    if (fd >= 0 || !is_missing(errno))
      return fd;
    // A folder may be closed to us too.
    if (errno == ENOSYS)
      missing = true;
  }
  return open_step_by_step(path, flags);
}

} // namespace troupe
