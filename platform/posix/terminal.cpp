#include "platform/terminal.hpp"

#include "platform/posix/spawn.hpp"
#include "platform/posix/wake.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

namespace {

constexpr size_t longest_line = 4096;

descriptor open_terminal() {
  descriptor own{::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
  if (own || ::isatty(STDIN_FILENO) != 1)
    return own;
  return descriptor{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
}

/// Reads up to the end of a line. False when there will be none.
bool read_line(int from, int wake, std::string& line) {
  for (;;) {
    pollfd ready[]{{from, POLLIN, 0}, {wake, POLLIN, 0}};
    auto n = ::poll(ready, wake < 0 ? 1 : 2, -1);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 || ready[1].revents != 0)
      return false;
    char buffer[256];
    auto got = ::read(from, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    std::string_view part{buffer, static_cast<size_t>(got)};
    auto end = part.find('\n');
    line.append(part.substr(0, end));
    if (line.size() > longest_line)
      line.resize(longest_line);
    if (end != std::string_view::npos)
      return true;
  }
}

} // namespace

bool has_terminal() {
  return static_cast<bool>(open_terminal());
}

std::optional<std::string> ask_on_terminal(std::string_view question,
                                           const std::stop_token& stop) {
  auto terminal = open_terminal();
  if (!terminal)
    return std::nullopt;
  ::tcflush(terminal.get(), TCIFLUSH);
  while (!question.empty()) {
    auto n = ::write(terminal.get(), question.data(), question.size());
    if (n < 0 && errno != EINTR)
      return std::nullopt;
    if (n > 0)
      question.remove_prefix(static_cast<size_t>(n));
  }
  stop_wake wake{stop};
  std::string line;
  bool whole = read_line(terminal.get(), wake.fd(), line);
  // What is said next begins a line of its own.
  if (!whole)
    static_cast<void>(::write(terminal.get(), "\n", 1));
  return whole ? std::optional{line} : std::nullopt;
}

} // namespace troupe
