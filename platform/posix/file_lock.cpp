#include "platform/file_lock.hpp"

#include "platform/posix/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

namespace {

std::string text_in(int fd) {
  char buffer[512];
  auto n = ::pread(fd, buffer, sizeof buffer, 0);
  return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string{};
}

bool lock(int fd, int how) {
  int got = 0;
  do
    got = ::flock(fd, how);
  while (got != 0 && errno == EINTR);
  return got == 0;
}

} // namespace

result<std::unique_ptr<file_lock>>
file_lock::take(const std::string& path, const std::string& holder, bool wait) {
  descriptor file{
    ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!file)
    return system_error(errno, fmt::format("cannot open '{}'", path));
  if (!lock(file.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB)) {
    if (errno == EWOULDBLOCK)
      return error{errc::exhausted, text_in(file.get())};
    return system_error(errno, fmt::format("cannot lock '{}'", path));
  }
  auto before = text_in(file.get());
  // The name is for people: without it the lock still holds.
  if (::ftruncate(file.get(), 0) == 0)
    static_cast<void>(::pwrite(file.get(), holder.data(), holder.size(), 0));
  return std::unique_ptr<file_lock>{
    new file_lock{file.release(), std::move(before)}};
}

std::string file_lock::holder_of(const std::string& path) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!file || lock(file.get(), LOCK_SH | LOCK_NB))
    return {};
  auto text = text_in(file.get());
  return text.empty() ? "another process" : text;
}

file_lock::~file_lock() {
  static_cast<void>(::ftruncate(fd_, 0));
  // A child that was forked and has not come to close it holds it as well.
  lock(fd_, LOCK_UN);
  ::close(fd_);
}

} // namespace troupe
