#include "platform/file_lock.hpp"

#include "platform/posix/kept_locks.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/task_guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace troupe {

namespace {

std::string text_in(int fd) {
  char buffer[512];
  auto n = ::pread(fd, buffer, sizeof buffer, 0);
  return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string{};
}

/// Who held it; behind it a watchdog writes what it could not end.
std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::vector<int> numbers_behind(const std::string& text) {
  std::vector<int> out;
  auto end = text.data() + text.size();
  auto at = text.data() + first_line(text).size();
  while (at < end) {
    int number = 0;
    auto got = std::from_chars(at, end, number);
    if (got.ec == std::errc{})
      out.push_back(number);
    at = std::max(got.ptr, at + 1);
  }
  return out;
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
      return error{errc::exhausted, first_line(text_in(file.get()))};
    return system_error(errno, fmt::format("cannot lock '{}'", path));
  }
  auto before = text_in(file.get());
  // The name is for people: without it the lock still holds.
  if (::ftruncate(file.get(), 0) == 0)
    static_cast<void>(::pwrite(file.get(), holder.data(), holder.size(), 0));
  return std::unique_ptr<file_lock>{
    new file_lock{file.release(), first_line(before), numbers_behind(before)}};
}

std::string file_lock::holder_of(const std::string& path) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!file || lock(file.get(), LOCK_SH | LOCK_NB))
    return {};
  auto text = first_line(text_in(file.get()));
  return text.empty() ? "another process" : text;
}

file_lock::file_lock(int fd, std::string abandoned_by,
                     std::vector<int> left_behind)
    : fd_{fd}, abandoned_by_{std::move(abandoned_by)}, left_behind_{std::move(
                                                         left_behind)} {
  keep_lock(fd_);
  // The watchdog keeps it, too; taken at the start, before there are threads.
  start_guarding();
}

file_lock::~file_lock() {
  forget_lock(fd_);
  static_cast<void>(::ftruncate(fd_, 0));
  // The watchdog, and a child that was forked and has not come to close it,
  // hold it as well.
  lock(fd_, LOCK_UN);
  ::close(fd_);
}

} // namespace troupe
