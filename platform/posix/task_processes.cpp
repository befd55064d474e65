#include "platform/posix/task_processes.hpp"

#include "platform/posix/process_tree.hpp"
#include "platform/rights.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>
#include <utility>

namespace troupe {

namespace {

// Orphans become children of this process, whichever run they came from. Only
// under this lock are children reaped that no run waits for, and only those
// that are nobody's program.
struct program_table {
  std::mutex lock;
  std::vector<pid_t> programs;
  // Adopted ones without any mark, as was found out with patience.
  std::vector<pid_t> nameless;
};

program_table& table() {
  static program_table instance;
  return instance;
}

void pause_briefly() {
  timespec rest{0, 2'000'000};
  ::nanosleep(&rest, nullptr);
}

bool is_in(const std::vector<pid_t>& all, pid_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Whether an adopted process carries the mark. One without the limit that
/// executes another program just now has no environment for a moment.
bool is_marked(program_table& shared, pid_t pid, const task_mark& mark) {
  for (int tries = 0; tries < 5; ++tries) {
    if (auto known = carries(pid, mark))
      return *known;
    if (is_in(shared.nameless, pid))
      return false;
    pause_briefly();
  }
  shared.nameless.push_back(pid);
  return false;
}

/// Whether this process has any child at all; costs one system call.
bool any_child() {
  siginfo_t info;
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

} // namespace

task_processes::task_processes(const task_mark& mark) : mark_{mark} {
}

task_processes::~task_processes() {
  ended();
}

void task_processes::started(pid_t pid) {
  pid_ = pid;
  running_ = true;
  auto& shared = table();
  std::lock_guard guard{shared.lock};
  shared.programs.push_back(pid);
}

void task_processes::ended() {
  if (!std::exchange(running_, false))
    return;
  auto& shared = table();
  std::lock_guard guard{shared.lock};
  auto at = std::find(shared.programs.begin(), shared.programs.end(), pid_);
  if (at != shared.programs.end()) {
    *at = shared.programs.back();
    shared.programs.pop_back();
  }
}

void task_processes::remember(const std::vector<pid_t>& pids) {
  for (auto pid : pids)
    if (!is_in(known_, pid))
      known_.push_back(pid);
}

std::vector<pid_t> task_processes::find() {
  // A task's programs may have become any user's.
  own_rights own;
  std::vector<pid_t> out;
  if (running_)
    remember(descendants(pid_));
  auto& shared = table();
  std::lock_guard guard{shared.lock};
  for (auto pid : adopted_children()) {
    if (is_in(shared.programs, pid))
      continue;
    auto found = identify(pid);
    if (found.zombie) {
      ::waitpid(pid, nullptr, WNOHANG);
      std::erase(shared.nameless, pid);
      continue;
    }
    auto ours = found.session == pid_ || found.group == pid_
                || is_in(known_, pid) || is_marked(shared, pid, mark_);
    if (!ours || found.gone)
      continue;
    out.push_back(pid);
    for (auto below : descendants(pid))
      out.push_back(below);
  }
  if (running_) {
    for (auto pid : known_) {
      auto found = identify(pid);
      if (!found.gone && !found.zombie)
        out.push_back(pid);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  remember(out);
  return out;
}

void task_processes::signal(int number) {
  // Looked for first: a parent that ends takes the links to its children away.
  auto others = find();
  own_rights own;
  if (pid_ > 0)
    ::kill(-pid_, number);
  for (auto pid : others)
    if (identify(pid).group != pid_)
      ::kill(pid, number);
  // A stopped process would not see the signal until someone wakes it.
  if (number == SIGTERM && pid_ > 0)
    ::kill(-pid_, SIGCONT);
}

bool task_processes::has_leftovers() {
  auto group_lives = ::kill(-pid_, 0) == 0 || errno == EPERM;
  return (group_lives || any_child()) && !find().empty();
}

unsigned task_processes::end_leftovers(std::chrono::milliseconds grace) {
  auto left = find();
  auto count = static_cast<unsigned>(left.size());
  if (left.empty())
    return 0;
  signal(SIGTERM);
  auto end = std::chrono::steady_clock::now() + grace;
  while (!(left = find()).empty() && std::chrono::steady_clock::now() < end)
    pause_briefly();
  // A process that forks faster than it is found needs more than one round;
  // one that does not react to KILL (waiting for a device) ends the loop.
  auto last = std::chrono::steady_clock::now() + std::chrono::seconds{2};
  while (!left.empty() && std::chrono::steady_clock::now() < last) {
    signal(SIGKILL);
    pause_briefly();
    left = find();
  }
  return count;
}

} // namespace troupe
