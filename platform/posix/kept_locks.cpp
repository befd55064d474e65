#include "platform/posix/kept_locks.hpp"

#include <unistd.h>

#include <mutex>
#include <set>

namespace troupe {

namespace {

struct shared_locks {
  std::mutex lock;
  std::set<int> kept;
};

shared_locks& locks_of_process() {
  static shared_locks instance;
  return instance;
}

} // namespace

void keep_lock(int fd) {
  auto& all = locks_of_process();
  std::lock_guard guard{all.lock};
  all.kept.insert(fd);
}

void forget_lock(int fd) {
  auto& all = locks_of_process();
  std::lock_guard guard{all.lock};
  all.kept.erase(fd);
}

std::vector<int> kept_locks() {
  auto& all = locks_of_process();
  std::lock_guard guard{all.lock};
  return {all.kept.begin(), all.kept.end()};
}

void move_locks(const std::vector<int>& locks) {
  // Each lies at its place or above it, so none is overwritten before its turn.
  for (size_t i = 0; i < locks.size(); ++i)
    ::dup2(locks[i], static_cast<int>(i) + 1);
}

} // namespace troupe
