#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// What the system can do to own a tree of processes; one file per system.

/// Name of the environment entry by which the processes of one task are
/// recognised after they left its session.
inline constexpr std::string_view task_marker_name = "TROUPE_TASK";

/// By what the processes of one run of a program are recognised after they left
/// its session: an entry of the environment they were started with and, where
/// they emptied that, a limit that limits nothing.
struct task_mark {
  /// The process that runs the program, and the number it has there.
  pid_t runner = 0;
  uint64_t call = 0;

  /// `TROUPE_TASK=RUNNER.CALL`.
  std::string entry() const;
};

/// In a child before exec: gives it and its descendants the mark that is no
/// part of the environment, unless their limit says something already.
void mark_by_limit(const task_mark& mark);

/// Makes orphans of our descendants our children.
void adopt_orphans();

/// Whether they become our children.
bool adopts_orphans();

/// From now on they go to whoever adopts ours.
void disown_orphans();

/// In a child before exec: it gets KILL when its parent goes.
void end_with_parent();

/// In a child before exec: closes everything but the three streams.
void close_other_descriptors();

/// Closes all descriptors from `first` on.
void close_descriptors_from(unsigned first);

/// The name under which process lists show this process.
void name_this_process(const char* name);

/// A descriptor that polls readable when `pid` has ended; -1 when the system
/// has no such thing.
int process_handle(pid_t pid);

/// All descendants of `root` as long as they are linked to it.
std::vector<pid_t> descendants(pid_t root);

/// Orphans that became our children.
std::vector<pid_t> adopted_children();

/// What is known of a live process.
struct process_identity {
  pid_t pid = 0;
  pid_t session = 0;
  pid_t group = 0;
  bool zombie = false;
  bool gone = false;
  /// It has begun to end and runs no more of its program.
  bool exiting = false;
};

process_identity identify(pid_t pid);

/// Whether `pid` carries `mark`; absent when that cannot be known, as in the
/// middle of executing another program.
std::optional<bool> carries(pid_t pid, const task_mark& mark);

/// All live processes, this one excepted, that carry a mark of `runner` with a
/// call that `wanted` accepts.
std::vector<pid_t>
marked_processes(pid_t runner, const std::function<bool(uint64_t)>& wanted);

/// Whether the system tells about processes at all; without, only those of a
/// program's session can be found.
bool sees_processes();

} // namespace troupe
