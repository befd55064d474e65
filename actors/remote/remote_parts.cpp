#include "actors/remote/remote_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// For what has no deadline of its own; the end of the run ends it earlier.
constexpr std::chrono::hours longest_call{24 * 365};

} // namespace

wait_limit call_limit(const job& what) {
  auto last = steady::now() + longest_call;
  return {std::min(what.deadline.value_or(last), last), what.stop};
}

module_context context_here(const job& what,
                            const job_environment& environment) {
  return {.machine = *environment.machine,
          .check_mode = what.check_mode,
          .diff_mode = what.diff_mode,
          .verbosity = what.verbosity,
          .search_path = environment.search_path,
          .temporary_directory = environment.temporary_directory,
          .environment = what.environment,
          .deadline = what.deadline,
          .stop = what.stop,
          .templates = environment.templates.get(),
          .names = what.names.get()};
}

line_call call_of(const job& what, call_line& line) {
  line_call out;
  out.number = line.next_number();
  out.module = what.module->spec().name;
  out.args = what.args.all();
  out.check_mode = what.check_mode;
  out.diff_mode = what.diff_mode;
  out.verbosity = static_cast<uint64_t>(std::max(what.verbosity, 0));
  out.output_limit = what.output_limit;
  out.environment = what.environment;
  out.become_user = what.become_user;
  out.become_method = what.become_method;
  out.become_password = what.become_password;
  if (what.deadline)
    out.time
      = std::max(*what.deadline - steady::now(), std::chrono::nanoseconds{0});
  return out;
}

module_result unreachable_result(const connection_setting& to, const error& why,
                                 std::string_view what) {
  auto over = to.carrier == connection_setting::carriers::ssh
                ? std::string_view{"ssh"}
                : std::string_view{"exec"};
  auto out = module_result::failure(
    why.code, fmt::format("{} via {}: {}", what, over, why.message));
  out.unreachable = why.code == errc::network || why.code == errc::timeout;
  out.timed_out = false;
  out.cancelled = why.code == errc::cancelled;
  return out;
}

result<module_result> call_over(call_line& line, line_call call,
                                const job& what) {
  return line.call(std::move(call), call_limit(what), what.on_output);
}

} // namespace troupe
