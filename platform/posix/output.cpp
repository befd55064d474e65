#include "platform/output.hpp"

#include "platform/result.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

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
  return system_error(failed_, fd_ == 1 ? "cannot write standard output"
                                        : "cannot write standard error");
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
