#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/process.hpp"
#include "platform/result.hpp"

#include <string>

namespace troupe {

/// The ends of a program's streams that become its own; closed here once it has
/// started.
struct child_streams {
  descriptor in;
  descriptor out;
  /// Empty: errors go where the output goes.
  descriptor err;
  /// What it reads; of `in`, or a descriptor that stays open for all.
  int in_number = -1;
  /// All three are a terminal that no session has yet.
  bool is_terminal = false;
};

/// Makes the streams that `spec` asks for and gives our ends to `child`. An
/// error names `program`.
result<child_streams> open_streams(const process_spec& spec,
                                   const std::string& program,
                                   spawned_child& child);

/// Between two attempts to get what others will soon give back; false after the
/// last one (`attempt` counts from 0).
bool pause_for_another(int attempt);

} // namespace troupe
