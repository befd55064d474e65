#include "actors/remote/remote_call.hpp"

#include "actors/remote/connections.hpp"
#include "actors/remote/shipped_sources.hpp"
#include "config/language/python/base64.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// For what has no deadline of its own; the end of the run ends it earlier.
constexpr std::chrono::hours longest_call{24 * 365};

wait_limit limit_of(const job& what) {
  auto last = steady::now() + longest_call;
  return {std::min(what.deadline.value_or(last), last), what.stop};
}

/// Under what the part of the module is done that belongs to the plan.
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

/// Nobody knows, or nothing was done: the host is not there.
module_result unreachable(const connection_setting& to, const error& why,
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
  return line.call(std::move(call), limit_of(what), what.on_output);
}

constexpr std::string_view was_lost
  = "The connection was lost during the task, and what it did there is not "
    "known";

/// What is fetched: read there, and put in its place here.
module_result bring_home(call_line& line, const job& what,
                         const job_environment& environment) {
  auto ask = call_of(what, line);
  ask.module = "slurp";
  ask.args = {};
  ask.args.set("src", what.args.text("src"));
  ask.check_mode = false;
  auto got = call_over(line, std::move(ask), what);
  if (!got)
    return unreachable(*what.where, got.why(), was_lost);
  prepared_source found;
  found.path = what.args.text("src");
  if (!got->failed) {
    auto* content = got->data.find("content");
    auto bytes = decode_base64(content ? content->text_or("") : "");
    if (!bytes)
      return module_result::failure(bytes.why());
    found.text = std::move(*bytes);
  } else if (got->why == errc::not_found) {
    found.kind = prepared_source::kinds::missing;
  } else if (got->why == errc::invalid_argument) {
    found.kind = prepared_source::kinds::folder;
  } else {
    return *got;
  }
  auto here = context_here(what, environment);
  here.prepared = &found;
  return what.module->run(what.args, here);
}

module_result call_on(call_line& line, const job& what,
                      const job_environment& environment) {
  if (what.module->spec().brings_home)
    return bring_home(line, what, environment);
  auto here = context_here(what, environment);
  auto call = call_of(what, line);
  if (what.prepared) {
    call.prepared = *what.prepared;
  } else {
    auto prepared = what.module->prepare(what.args, here);
    if (!prepared)
      return module_result::failure(prepared.why());
    call.prepared = std::move(*prepared);
  }
  shipped_sources sources{line, what, here, limit_of(what)};
  if (auto shipped = sources.ship(call); !shipped)
    return shipped.why().code == errc::network
             ? unreachable(*what.where, shipped.why(),
                           "The connection was lost")
             : module_result::failure(shipped.why());
  auto out = call_over(line, std::move(call), what);
  if (!out)
    return unreachable(*what.where, out.why(), was_lost);
  sources.name_places(*out);
  return std::move(*out);
}

/// `wait_for_connection`: until the host answers.
module_result wait_for(const job& what, const job_environment& environment) {
  auto& clock = environment.machine->clock();
  auto begun = clock.steady_now();
  module_result out;
  auto rest = [&](const char* argument) {
    return what.args.duration(argument).value_or(std::chrono::seconds{0});
  };
  auto limit = limit_of(what);
  auto until = later(begun, rest("delay") + rest("timeout"));
  if (!clock.sleep_until(later(begun, rest("delay")), limit.stop))
    return module_result::failure(errc::cancelled, "the run has ended");
  for (;;) {
    auto reached = environment.lines->reach(
      *what.where,
      limit.at_most(later(clock.steady_now(), rest("connect_timeout"))));
    auto now = clock.steady_now();
    out.data.set(
      "elapsed",
      std::chrono::duration_cast<std::chrono::seconds>(now - begun).count());
    if (reached)
      return out;
    if (now >= until || now >= limit.until
        || !clock.sleep_until(std::min(until, later(now, rest("sleep"))),
                              limit.stop)) {
      out.failed = true;
      out.why = errc::timeout;
      out.msg = "timed out waiting for the host: " + reached.why().message;
      return out;
    }
  }
}

} // namespace

module_result call_elsewhere(const job& what,
                             const job_environment& environment) {
  auto& to = *what.where;
  if (!what.module->spec().goes_elsewhere)
    return module_result::failure(
      errc::unsupported,
      fmt::format("the module {} cannot be used yet for a host that is "
                  "reached via a connection ('{}')",
                  what.module->spec().name, to.name));
  if (what.module->spec().about_connection)
    return wait_for(what, environment);
  auto line = environment.lines->line(to, limit_of(what));
  if (!line)
    return unreachable(to, line.why(), "Failed to connect to the host");
  return call_on(**line, what, environment);
}

module_result call_as_other(const job& what,
                            const job_environment& environment) {
  connection_setting to;
  to.carrier = connection_setting::carriers::sudo;
  to.name = to.address = what.become_user;
  to.password = what.become_password;
  auto line = environment.lines->line(to, limit_of(what));
  if (!line)
    return module_result::failure(
      line.why().code, fmt::format("become: cannot act as '{}' by sudo: {}",
                                   what.become_user, line.why().message));
  auto own = what;
  own.become_user.clear();
  own.become_password.clear();
  own.where = std::make_shared<const connection_setting>(std::move(to));
  auto out = call_on(**line, own, environment);
  out.unreachable = false;
  return out;
}

} // namespace troupe
