#include "platform/file_lock.hpp"

#include "platform/posix/kept_locks.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/task_guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace troupe {

namespace {

constexpr size_t longest_what = 400;

std::string text_in(int fd) {
  char buffer[512];
  auto n = ::pread(fd, buffer, sizeof buffer, 0);
  return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string{};
}

// What stands in the file: "PROCESS WHAT" of who holds it, or died with it; and
// in a second line what a watchdog could not end.

std::string written(const lock_holder& who) {
  auto what = who.what.substr(0, longest_what);
  std::replace(what.begin(), what.end(), '\n', ' ');
  return fmt::format("{} {}", who.process, what);
}

/// Nothing when the file is empty: whoever had it has let go.
std::optional<lock_holder> holder_in(const std::string& text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.empty())
    return std::nullopt;
  auto space = std::min(line.find(' '), line.size());
  int process = 0;
  auto got = std::from_chars(line.data(), line.data() + space, process);
  if (got.ec != std::errc{} || got.ptr != line.data() + space || process <= 0)
    return lock_holder{0, line};
  return lock_holder{process, line.substr(std::min(space + 1, line.size()))};
}

std::vector<int> numbers_behind(const std::string& text) {
  std::vector<int> out;
  auto end = text.data() + text.size();
  auto at = text.data() + std::min(text.find('\n'), text.size());
  while (at < end) {
    int number = 0;
    auto got = std::from_chars(at, end, number);
    if (got.ec == std::errc{})
      out.push_back(number);
    at = std::max(got.ptr, at + 1);
  }
  return out;
}

/// It has the lock and has not come to say who it is.
const lock_holder unnamed{0, "another process"};

bool lock(int fd, int how) {
  int got = 0;
  do
    got = ::flock(fd, how);
  while (got != 0 && errno == EINTR);
  return got == 0;
}

} // namespace

std::string to_text(const lock_holder& who) {
  return who.process == 0
           ? who.what
           : fmt::format("process {} ({})", who.process, who.what);
}

result<std::unique_ptr<file_lock>>
file_lock::take(const std::string& path, const lock_holder& holder, bool wait) {
  descriptor file{
    ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!file)
    return system_error(errno, fmt::format("cannot open '{}'", path));
  if (!lock(file.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB)) {
    if (errno == EWOULDBLOCK)
      return error{errc::exhausted,
                   to_text(holder_in(text_in(file.get())).value_or(unnamed))};
    return system_error(errno, fmt::format("cannot lock '{}'", path));
  }
  auto before = text_in(file.get());
  // Without who it is the lock still holds.
  auto now = written(holder);
  if (::ftruncate(file.get(), 0) == 0)
    static_cast<void>(::pwrite(file.get(), now.data(), now.size(), 0));
  return std::unique_ptr<file_lock>{
    new file_lock{file.release(), holder_in(before), numbers_behind(before)}};
}

std::optional<lock_holder> file_lock::holder_of(const std::string& path) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!file || lock(file.get(), LOCK_SH | LOCK_NB))
    return std::nullopt;
  return holder_in(text_in(file.get())).value_or(unnamed);
}

file_lock::file_lock(int fd, std::optional<lock_holder> abandoned_by,
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
