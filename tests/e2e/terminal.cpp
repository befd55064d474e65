#include "tests/e2e/terminal.hpp"

#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace troupe::test {

terminal_program::terminal_program(std::vector<std::string> arguments,
                                   unsigned short columns) {
  arguments.insert(arguments.begin(), test::built_path("troupe"));
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& each : arguments)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  auto state = state_ / "state";
  winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    ::setenv("TROUPE_STATE_DIR", state.c_str(), 1);
    ::setenv("NO_COLOR", "1", 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
}

terminal_program::~terminal_program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(terminal_);
}

bool terminal_program::echoes() const {
  termios now;
  return ::tcgetattr(terminal_, &now) == 0 && (now.c_lflag & ECHO) != 0;
}

bool terminal_program::read_some() {
  char buffer[4096];
  ssize_t n = 0;
  do
    n = ::read(terminal_, buffer, sizeof buffer);
  while (n < 0 && errno == EINTR);
  // A terminal that nobody has any more gives an error.
  if (n <= 0)
    return false;
  shown_.append(buffer, static_cast<size_t>(n));
  shown_.erase(std::remove(shown_.begin(), shown_.end(), '\r'), shown_.end());
  return true;
}

void terminal_program::read_until(std::string_view words, size_t from) {
  while (shown_.find(words, from) == std::string::npos) {
    INFO(shown_);
    REQUIRE(read_some());
  }
}

void terminal_program::type(std::string_view text) {
  REQUIRE(::write(terminal_, text.data(), text.size())
          == static_cast<ssize_t>(text.size()));
}

int terminal_program::wait() {
  while (read_some()) {
    // nop
  }
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace troupe::test
