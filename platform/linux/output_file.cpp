#include "platform/posix/output_file.hpp"

#include "platform/posix/location.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

namespace troupe {

namespace {

constexpr auto most_links = 40;
constexpr auto patience_ms = 60'000;
// How long is waited for the reader of a pipe: a second.
constexpr int reader_looks = 50;
constexpr int reader_pause_ms = 20;

/// Links of /proc lead to what is open, not to what has the name they show.
bool leads_to_open(const std::string& path) {
  struct statfs raw;
  return ::statfs(folder_of(path).c_str(), &raw) == 0
         && raw.f_type == PROC_SUPER_MAGIC;
}

/// What a link says, as a path that begins where `path` does; empty when it
/// cannot be read.
std::string target_of(const std::string& path) {
  char buffer[PATH_MAX];
  auto n = ::readlink(path.c_str(), buffer, sizeof buffer);
  if (n < 0)
    return {};
  std::string target{buffer, static_cast<size_t>(n)};
  return target.starts_with('/')
           ? target
           : fmt::format("{}/{}", folder_of(path), target);
}

/// Whether the system lets us follow a link; in folders where everybody may
/// write (/tmp) it does not for links of others.
bool may_follow(const std::string& path) {
  descriptor there{
    ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  return there || (errno != EACCES && errno != EPERM && errno != ELOOP);
}

/// 0, or why nothing more can be written.
int write_patiently(int fd, std::string_view content) {
  while (!content.empty()) {
    auto n = ::write(fd, content.data(), content.size());
    if (n >= 0) {
      content.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      if (::poll(&ready, 1, patience_ms) == 0)
        return ETIMEDOUT;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

} // namespace

result<std::optional<std::string>> replaceable_output(const std::string& path) {
  if (auto refused = refuse_path("write", path))
    return *refused;
  auto at = path;
  for (int passed = 0; passed <= most_links; ++passed) {
    struct stat raw;
    if (::lstat(at.c_str(), &raw) != 0) {
      if (errno == ENOENT)
        return std::optional{at};
      return path_failure("write", path);
    }
    if (!S_ISLNK(raw.st_mode))
      return S_ISREG(raw.st_mode) ? std::optional{at}
                                  : std::optional<std::string>{};
    if (leads_to_open(at))
      return std::optional<std::string>{};
    if (!may_follow(at))
      return path_failure("write", path);
    at = target_of(at);
    if (at.empty())
      return path_failure("write", path);
  }
  errno = ELOOP;
  return path_failure("write", path);
}

bool is_open_here(const std::string& path) {
  auto at = path;
  for (int passed = 0; passed <= most_links && !at.empty(); ++passed) {
    if (leads_to_open(at))
      return true;
    at = target_of(at);
  }
  return false;
}

namespace {

/// A pipe without a reader is refused at once (ENXIO) instead of waited for.
descriptor opened_to_write(const std::string& path) {
  return descriptor{::open(path.c_str(), O_WRONLY | O_APPEND | O_NOCTTY
                                           | O_NONBLOCK | O_CLOEXEC)};
}

} // namespace

result<void> write_into(const std::string& path, std::string_view content) {
  auto to = opened_to_write(path);
  if (!to)
    return path_failure("write", path);
  if ((errno = write_patiently(to.get(), content)) != 0)
    return path_failure("write", path);
  return {};
}

result<std::shared_ptr<void>> open_to_write(const std::string& path) {
  auto to = std::make_shared<descriptor>(opened_to_write(path));
  // Who reads a pipe may have been started just now.
  for (int i = 0; !*to && errno == ENXIO && i < reader_looks; ++i) {
    ::poll(nullptr, 0, reader_pause_ms);
    *to = opened_to_write(path);
  }
  if (!*to)
    return path_failure("write", path);
  return std::shared_ptr<void>{std::move(to)};
}

result<void> try_beside(const std::string& path) {
  auto folder = folder_of(path);
  if (descriptor nameless{
        ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)})
    return {};
  // Not every file system has such files.
  auto name = folder + "/.troupe-XXXXXX";
  descriptor made{::mkostemp(name.data(), O_CLOEXEC)};
  if (!made || ::unlink(name.c_str()) != 0)
    return path_failure("write", path);
  return {};
}

} // namespace troupe
