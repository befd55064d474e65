#include "platform/terminal.hpp"

#include "platform/posix/spawn.hpp"
#include "platform/posix/wake.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
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

/// What `leave_terminal` needs, which may not allocate or lock.
struct {
  int terminal = -1;
  termios before = {};
  std::atomic<bool> listening{false};
} listener;

/// Setting a terminal from the background would stop this process.
class without_stops {
public:
  without_stops() {
    sigset_t output;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    ::pthread_sigmask(SIG_BLOCK, &output, &before_);
  }

  ~without_stops() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t before_ = {};
};

bool in_foreground(int terminal) {
  return ::tcgetpgrp(terminal) == ::getpgrp();
}

class terminal_keys final : public key_source {
public:
  explicit terminal_keys(descriptor terminal) : terminal_{std::move(terminal)} {
    listener.terminal = terminal_.get();
  }

  ~terminal_keys() override {
    leave_terminal();
  }

  std::string take() override {
    std::string out;
    // Who was stopped and goes on finds the terminal as the shell has left it.
    if (!in_foreground(terminal_.get()) || !hide_keys())
      return out;
    pollfd ready{terminal_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0)
      return out;
    char buffer[64];
    auto got = ::read(terminal_.get(), buffer, sizeof buffer);
    if (got > 0)
      out.assign(buffer, static_cast<size_t>(got));
    return out;
  }

private:
  bool hide_keys() {
    termios now;
    if (::tcgetattr(terminal_.get(), &now) != 0)
      return false;
    if ((now.c_lflag & (ICANON | ECHO)) == 0)
      return true;
    if (!listener.listening) {
      listener.before = now;
      listener.listening = true;
    }
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    now.c_cc[VMIN] = 0;
    now.c_cc[VTIME] = 0;
    without_stops quiet;
    return ::tcsetattr(terminal_.get(), TCSANOW, &now) == 0;
  }

  descriptor terminal_;
};

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

void leave_terminal() noexcept {
  if (!listener.listening.exchange(false))
    return;
  without_stops quiet;
  ::tcsetattr(listener.terminal, TCSANOW, &listener.before);
}

std::unique_ptr<key_source> listen_to_keys() {
  auto terminal = open_terminal();
  if (!terminal || listener.listening)
    return nullptr;
  return std::make_unique<terminal_keys>(std::move(terminal));
}

} // namespace troupe
