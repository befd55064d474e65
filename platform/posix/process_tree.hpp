#pragma once

#include <sys/types.h>

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
};

process_identity identify(pid_t pid);

/// Whether the environment with which `pid` was started has `marker`; absent
/// when it has none at all, as in the middle of executing another program.
std::optional<bool> carries_marker(pid_t pid, std::string_view marker);

/// All live processes, this one excepted, with an entry of their first
/// environment that begins with `prefix` and of which `wanted` accepts the
/// rest.
std::vector<pid_t>
marked_processes(std::string_view prefix,
                 const std::function<bool(std::string_view)>& wanted);

} // namespace troupe
