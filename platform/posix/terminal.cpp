#include "platform/terminal.hpp"

#include "platform/posix/terminal.hpp"
#include "platform/posix/wake.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace troupe {

namespace {

constexpr size_t longest_line = 4096;
// What Ctrl-C types where it is no signal.
constexpr char give_up = 3;

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
    if (part.find(give_up) != part.npos)
      return false;
    auto end = part.find('\n');
    line.append(part.substr(0, end));
    if (line.size() > longest_line)
      line.resize(longest_line);
    if (end != std::string_view::npos)
      return true;
  }
}

/// Shows nothing of what is typed, as long as it lives.
class hidden_input {
public:
  hidden_input(int terminal, bool wanted) : terminal_{terminal} {
    hides_ = wanted && ::tcgetattr(terminal, &before_) == 0;
    if (!hides_)
      return;
    auto quiet = before_;
    // Whoever gives up must not leave a terminal that shows nothing.
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    quiet.c_cc[VEOL] = give_up;
    ::tcsetattr(terminal, TCSAFLUSH, &quiet);
  }

  ~hidden_input() {
    if (!hides_)
      return;
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    static_cast<void>(!::write(terminal_, "\n", 1));
  }

  hidden_input(const hidden_input&) = delete;
  hidden_input& operator=(const hidden_input&) = delete;

private:
  int terminal_;
  termios before_{};
  bool hides_ = false;
};

/// As long as it lives INT and QUIT do not end this process; a child has them
/// as they were.
class without_interrupts {
public:
  without_interrupts() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigset_t defaults;
    sigemptyset(&defaults);
    for (size_t i = 0; i < signals.size(); ++i) {
      ::sigaction(signals[i], &ignore, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN)
        sigaddset(&defaults, signals[i]);
    }
    ::posix_spawnattr_init(&child_);
    ::posix_spawnattr_setsigdefault(&child_, &defaults);
    // What this process waits for itself is not blocked there.
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&child_, &none);
    ::posix_spawnattr_setflags(&child_,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }

  ~without_interrupts() {
    for (size_t i = 0; i < signals.size(); ++i)
      ::sigaction(signals[i], &before_[i], nullptr);
    ::posix_spawnattr_destroy(&child_);
  }

  without_interrupts(const without_interrupts&) = delete;
  without_interrupts& operator=(const without_interrupts&) = delete;

  const posix_spawnattr_t* of_child() const {
    return &child_;
  }

private:
  static constexpr std::array signals{SIGINT, SIGQUIT};
  std::array<struct sigaction, 2> before_{};
  posix_spawnattr_t child_{};
};

} // namespace

descriptor open_terminal() {
  descriptor own{::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
  if (own || ::isatty(STDIN_FILENO) != 1)
    return own;
  return descriptor{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
}

bool has_terminal() {
  return static_cast<bool>(open_terminal());
}

std::optional<std::string> ask_on_terminal(std::string_view question,
                                           const std::stop_token& stop,
                                           bool hidden) {
  auto terminal = open_terminal();
  if (!terminal)
    return std::nullopt;
  hidden_input quiet{terminal.get(), hidden};
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

result<int> run_on_terminal(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (auto& each : argv)
    words.push_back(const_cast<char*>(each.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  // Ctrl-C is for the program that is worked with.
  without_interrupts quiet;
  auto failed = ::posix_spawnp(&child, words[0], nullptr, quiet.of_child(),
                               words.data(), environ);
  if (failed != 0)
    return system_error(failed, "cannot start " + argv[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return system_error(errno, "cannot wait for " + argv[0]);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace troupe
