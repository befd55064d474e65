#include "platform/posix/watchdog.hpp"

#include "platform/posix/kept_locks.hpp"
#include "platform/posix/live_calls.hpp"
#include "platform/posix/process_tree.hpp"

#include <fcntl.h>
#include <sys/file.h>
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

void pause_watching() {
  timespec rest{0, 20'000'000};
  ::nanosleep(&rest, nullptr);
}

void signal_all(const std::vector<pid_t>& pids, int number) {
  for (auto pid : pids)
    ::kill(pid, number);
}

/// The processes of calls that go on.
std::vector<pid_t> live_processes(pid_t runner, const live_calls* live) {
  return marked_processes(
    runner, [&](uint64_t call) { return !live || live->has(call); });
}

/// Ends them; gives up on what not even KILL ends, and says what that is.
std::vector<pid_t> sweep(pid_t runner, const live_calls* live) {
  signal_all(live_processes(runner, live), SIGTERM);
  for (int round = 0; round < 200; ++round) {
    auto left = live_processes(runner, live);
    if (left.empty())
      return {};
    if (round >= 100)
      signal_all(left, SIGKILL);
    pause_watching();
  }
  return live_processes(runner, live);
}

/// In a line of its own behind who holds the lock: of one that somebody else
/// has taken since, there is nothing to say.
void note_left(int lock, const std::vector<pid_t>& left) {
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return;
  std::string text = "\n";
  for (auto pid : left)
    text += std::to_string(pid) + " ";
  auto end = ::lseek(lock, 0, SEEK_END);
  static_cast<void>(::pwrite(lock, text.data(), text.size(), end));
}

[[noreturn]] void watch(int pipe, pid_t runner, const live_calls* live,
                        const std::vector<int>& locks) {
  ::setsid();
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  name_this_process("troupe-watchdog");
  // The terminal and whatever else the runner holds are not kept open by this
  // process, but for its locks.
  ::dup2(pipe, 0);
  move_locks(locks);
  auto count = static_cast<int>(locks.size());
  close_descriptors_from(static_cast<unsigned>(count) + 1);
  char what = 0;
  ssize_t got = 0;
  do
    got = ::read(0, &what, 1);
  while (got < 0 && errno == EINTR);
  if (!live || live->any())
    if (auto left = sweep(runner, live); !left.empty())
      for (int lock = 1; lock <= count; ++lock)
        note_left(lock, left);
  ::_exit(0);
}

} // namespace

int start_watchdog(const live_calls* live) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return -1;
  auto runner = ::getpid();
  auto locks = kept_locks();
  auto middle = ::fork();
  if (middle == 0) {
    ::close(ends[1]);
    if (::fork() == 0)
      watch(ends[0], runner, live, locks);
    ::_exit(0);
  }
  if (middle > 0)
    ::waitpid(middle, nullptr, 0);
  ::close(ends[0]);
  if (middle < 0)
    ::close(std::exchange(ends[1], -1));
  return ends[1];
}

} // namespace troupe
