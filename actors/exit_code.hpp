#pragma once

#include <cstdint>
#include <exception>
#include <string>

namespace troupe {

/// How the process ends; docs/exit-codes.md is the table for people.
enum class exit_code : uint8_t {
  ok = 0,
  /// A task failed or timed out.
  tasks_failed = 2,
  /// `--check --detailed-exitcode`: something would change.
  would_change = 3,
  /// The plan is invalid or not trusted; nothing ran.
  invalid_plan = 4,
  /// A task was running when an earlier run died, and nobody decided.
  unknown_state = 5,
  /// The state folder cannot be used.
  state_unusable = 6,
  /// Disk, memory, descriptors or processes ran out.
  exhausted = 7,
  /// Another run holds the state folder.
  locked = 8,
  /// A host, or a required controller, is out of reach.
  unreachable = 9,
  /// `--confirm`: the answer was not yes; nothing was done.
  not_confirmed = 10,
  usage = 64,
  /// A bug in this program.
  internal = 70,
  interrupted = 130,
  terminated = 143,
};

/// What ended the program, and as what: an exception that reached `main` means
/// that the machine has run out of memory or threads, or else a bug.
struct fatal_end {
  exit_code code = exit_code::internal;
  std::string sentence;
};

fatal_end explain_end(const std::exception& problem);

/// For `std::set_terminate`: says what an exception was that nothing else has
/// ended, in any thread, and ends the program as `explain_end` says instead of
/// by a signal. What it had started is ended by its watchdog.
[[noreturn]] void end_on_lost_exception() noexcept;

/// What each code means, for `troupe --help` and the page.
const char* describe(exit_code code);

} // namespace troupe
