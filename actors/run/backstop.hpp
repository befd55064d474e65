#pragma once

#include "modules/module.hpp"

#include <chrono>

namespace troupe {

/// How long after its deadline, or after it was told to stop, a worker may take
/// before it counts as stuck: the time that ending a process tree takes, and
/// some more.
constexpr std::chrono::seconds backstop{15};

/// What is said of the work of one that is stuck. `stopped`: it was told to
/// stop; otherwise its deadline is over.
inline module_result abandoned_work(bool stopped) {
  module_result out;
  out.failed = true;
  out.cancelled = stopped;
  out.timed_out = !stopped;
  out.why = stopped ? errc::cancelled : errc::timeout;
  out.msg = stopped
              ? "the module did not end when it was told to and was abandoned"
              : "the module did not end at its deadline and was abandoned";
  return out;
}

} // namespace troupe
