#include "platform/output.hpp"

#include "platform/result.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace troupe {

void hold_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    // The lowest that is free is taken, which is this one. Nothing can be
    // written to what is open for reading, as to what is closed.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != fd)
      return;
}

void output::write(std::string_view bytes) {
  while (!bytes.empty() && !closed_ && failed_ == 0) {
    auto n = ::write(fd_, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno == EAGAIN) {
      // Someone made the descriptor they share with us non-blocking.
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      failed_ = errno;
    }
  }
}

std::optional<error> output::failure() const {
  if (failed_ == 0)
    return std::nullopt;
  std::string what = fd_ == STDOUT_FILENO ? "cannot write standard output"
                                          : "cannot write standard error";
  if (failed_ == EBADF)
    return error{errc::system, what + ": it is closed"};
  return system_error(failed_, what);
}

bool output::is_terminal() const {
  return ::isatty(fd_) == 1;
}

output::size output::terminal_size() const {
  winsize w{};
  if (::ioctl(fd_, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
    return {};
  return {w.ws_col, w.ws_row};
}

} // namespace troupe
