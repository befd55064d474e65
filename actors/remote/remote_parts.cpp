#include "actors/remote/remote_parts.hpp"

#include "config/value/base64.hpp"

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
  out.aside = what.aside;
  out.diff_mode = what.diff_mode;
  out.verbosity = static_cast<uint64_t>(std::max(what.verbosity, 0));
  out.output_limit = what.output_limit;
  out.environment = what.environment;
  out.become_user = what.become_user;
  out.become_method = what.become_method;
  out.become_program = what.become_program;
  out.become_flags = what.become_flags;
  // Whose engine is root needs none.
  if (!what.become_user.empty() && line.peer().uid != 0)
    out.become_password = what.become_password;
  if (what.deadline)
    out.time
      = std::max(*what.deadline - steady::now(), std::chrono::nanoseconds{0});
  return out;
}

module_result unreachable_result(const job& of, const error& why,
                                 std::string_view what) {
  bool by_ssh
    = of.where && of.where->carrier == connection_setting::carriers::ssh;
  auto over = by_ssh ? std::string_view{" via ssh"} : std::string_view{};
  auto out = module_result::failure(
    why.code, fmt::format("{}{}: {}", what, over, why.message));
  // The task had no time left to find out whether the host is there.
  out.timed_out
    = why.code == errc::timeout && of.deadline && steady::now() >= *of.deadline;
  out.unreachable = !out.timed_out
                    && (why.code == errc::network || why.code == errc::timeout);
  out.cancelled = why.code == errc::cancelled;
  return out;
}

result<module_result> call_over(call_line& line, line_call call,
                                const job& what, const wait_limit& limit) {
  return line.call(std::move(call), limit, what.on_output);
}

std::variant<prepared_source, module_result>
fetched_source(const std::string& path, module_result got) {
  prepared_source out;
  out.path = path;
  if (!got.failed) {
    auto* content = got.data.find("content");
    auto bytes = decode_base64(content ? content->text_or("") : "");
    if (!bytes)
      return module_result::failure(bytes.why());
    out.text = std::move(*bytes);
  } else if (got.why == errc::not_found) {
    out.kind = prepared_source::kinds::missing;
  } else if (got.why == errc::invalid_argument) {
    out.kind = prepared_source::kinds::folder;
  } else {
    return got;
  }
  return out;
}

} // namespace troupe
