#include "actors/exit_code.hpp"

#include "platform/signals.hpp"

#include <new>
#include <system_error>

namespace troupe {

fatal_end explain_end(const std::exception& problem) {
  auto* system = dynamic_cast<const std::system_error*>(&problem);
  bool no_threads
    = system && system->code() == std::errc::resource_unavailable_try_again;
  if (no_threads)
    return {exit_code::exhausted,
            std::string{"the system gives this program no more threads: "}
              + problem.what()};
  if (dynamic_cast<const std::bad_alloc*>(&problem))
    return {exit_code::exhausted, "the memory is used up"};
  return {exit_code::internal, std::string{"this is a bug: "} + problem.what()};
}

void end_on_lost_exception() noexcept {
  auto code = exit_code::internal;
  const char* words = "this is a bug: an exception was lost";
  try {
    if (auto lost = std::current_exception())
      std::rethrow_exception(lost);
  } catch (const std::bad_alloc&) {
    // There is no memory for a better sentence.
    code = exit_code::exhausted;
    words = "the memory is used up";
  } catch (const std::system_error&) {
    code = exit_code::exhausted;
    words = "the system gives this program no more threads";
  } catch (...) {
  }
  end_with_words(words, static_cast<int>(code));
}

const char* describe(exit_code code) {
  switch (code) {
  case exit_code::ok:
    return "all tasks ended well, changed or not";
  case exit_code::tasks_failed:
    return "a task failed or timed out";
  case exit_code::would_change:
    return "with --check --detailed-exitcode: something would or may change";
  case exit_code::invalid_plan:
    return "the plan or its configuration is invalid; nothing ran";
  case exit_code::unknown_state:
    return "the state of a task is unknown and needs a decision";
  case exit_code::state_unusable:
    return "the state folder cannot be used";
  case exit_code::exhausted:
    return "disk, memory, descriptors or processes ran out";
  case exit_code::locked:
    return "another run holds the state folder";
  case exit_code::unreachable:
    return "a host, or a required controller, is out of reach";
  case exit_code::not_confirmed:
    return "--confirm was not answered with yes; nothing was done";
  case exit_code::usage:
    return "wrong usage of the command line";
  case exit_code::internal:
    return "a bug in this program";
  case exit_code::interrupted:
    return "interrupted (SIGINT)";
  case exit_code::terminated:
    return "terminated (SIGTERM, SIGHUP)";
  }
  return "unknown";
}

} // namespace troupe
