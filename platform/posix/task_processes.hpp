#pragma once

#include "platform/posix/process_tree.hpp"

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace troupe {

/// The processes of one run of a program: its session, what is linked to it
/// and what carries its mark. Never touches those of another run.
class task_processes {
public:
  explicit task_processes(const task_mark& mark);
  ~task_processes();
  task_processes(const task_processes&) = delete;
  task_processes& operator=(const task_processes&) = delete;

  /// The program has started; its session and group have its number.
  void started(pid_t pid);

  /// The program has ended and was waited for.
  void ended();

  /// Sends `number` to the group and to all others of the tree that can be
  /// found now.
  void signal(int number);

  /// Whether anything but the program itself is still there. Cheap when this
  /// program has no other child.
  bool has_leftovers();

  /// Ends what is left: TERM, up to `grace`, KILL. Returns how many there
  /// were.
  unsigned end_leftovers(std::chrono::milliseconds grace);

private:
  std::vector<pid_t> find();
  void remember(const std::vector<pid_t>& pids);

  task_mark mark_;
  pid_t pid_ = -1;
  bool running_ = false;
  // Seen as descendants while they were linked to the program.
  std::vector<pid_t> known_;
};

} // namespace troupe
