#include "platform/watchdog.hpp"

#include "platform/posix/process_tree.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

namespace {

// What is written when there is nothing left to watch over.
constexpr char all_ended = 'q';

void pause_watching() {
  timespec rest{0, 20'000'000};
  ::nanosleep(&rest, nullptr);
}

void signal_all(const std::vector<pid_t>& pids, int number) {
  for (auto pid : pids)
    ::kill(pid, number);
}

/// Ends everything that carries the marker; gives up on what not even KILL
/// ends.
void sweep(const std::string& marker) {
  signal_all(marked_processes(marker), SIGTERM);
  for (int round = 0; round < 200; ++round) {
    auto left = marked_processes(marker);
    if (left.empty())
      return;
    if (round >= 100)
      signal_all(left, SIGKILL);
    pause_watching();
  }
}

[[noreturn]] void watch(int pipe, const std::string& marker) {
  ::setsid();
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  name_this_process("troupe-watchdog");
  // The terminal, the lock and whatever else the runner holds are not kept
  // open by this process.
  ::dup2(pipe, 0);
  close_descriptors_from(1);
  char what = 0;
  ssize_t got = 0;
  do
    got = ::read(0, &what, 1);
  while (got < 0 && errno == EINTR);
  if (got <= 0 || what != all_ended)
    sweep(marker);
  ::_exit(0);
}

} // namespace

watchdog::watchdog() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return;
  auto marker
    = std::string{task_marker_name} + "=" + std::to_string(::getpid()) + ".";
  // Not a child of this process, which has to tell its tasks' orphans apart.
  disown_orphans();
  auto middle = ::fork();
  if (middle == 0) {
    ::close(ends[1]);
    if (::fork() == 0)
      watch(ends[0], marker);
    ::_exit(0);
  }
  if (middle > 0)
    ::waitpid(middle, nullptr, 0);
  adopt_orphans();
  ::close(ends[0]);
  pipe_ = ends[1];
  if (middle < 0)
    ::close(std::exchange(pipe_, -1));
}

watchdog::~watchdog() {
  if (pipe_ < 0)
    return;
  static_cast<void>(::write(pipe_, &all_ended, 1));
  ::close(pipe_);
}

} // namespace troupe
