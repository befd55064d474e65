#include "platform/posix/terminal.hpp"
#include "platform/terminal.hpp"

#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>

namespace troupe {

namespace {

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
