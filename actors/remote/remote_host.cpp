#include "actors/remote/remote_host.hpp"

#include "actors/remote/connections.hpp"
#include "actors/remote/remote_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

using moment = std::chrono::steady_clock::time_point;

std::chrono::nanoseconds seconds_of(const arguments& args, const char* name,
                                    int64_t fallback = 0) {
  constexpr int64_t most = 86'400;
  return std::chrono::seconds{
    std::clamp<int64_t>(args.integer(name, fallback), 0, most)};
}

/// Something that is tried again until it is there.
class waiting {
public:
  waiting(const job& what, const job_environment& environment,
          std::chrono::nanoseconds longest)
      : what_{what}, clock_{environment.machine->clock()}, limit_{call_limit(
                                                             what)},
        begun_{clock_.steady_now()}, until_{std::min(later(begun_, longest),
                                                     limit_.until)} {
  }

  /// False when the time is over.
  bool rest(std::chrono::nanoseconds time) {
    auto now = clock_.steady_now();
    return now < until_
           && clock_.sleep_until(std::min(until_, later(now, time)),
                                 limit_.stop);
  }

  wait_limit attempt(std::chrono::nanoseconds longest) {
    return limit_.at_most(later(clock_.steady_now(), longest));
  }

  int64_t elapsed() {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_.steady_now()
                                                            - begun_)
      .count();
  }

  module_result ended(std::string_view what, const error& last) {
    module_result out;
    out.data.set("elapsed", elapsed());
    out.failed = true;
    out.cancelled = what_.stop.stop_requested();
    out.why = out.cancelled ? errc::cancelled : errc::timeout;
    out.msg = fmt::format("timed out waiting for {}: {}", what, last.message);
    return out;
  }

private:
  const job& what_;
  clock_source& clock_;
  wait_limit limit_;
  moment begun_;
  moment until_;
};

/// Runs a command line there; what it printed, or why it did not end well.
result<std::string> ask_host(call_line& line, const job& what,
                             const std::string& command,
                             const wait_limit& limit) {
  auto ask = call_of(what, line);
  ask.time = std::max(limit.until - std::chrono::steady_clock::now(),
                      std::chrono::steady_clock::duration::zero());
  ask.module = "command";
  ask.args = dict{{"_raw_params", command}};
  ask.check_mode = false;
  auto got = call_over(line, std::move(ask), what, limit);
  if (!got)
    return got.why();
  if (got->failed)
    return error{got->why.value_or(errc::command_failed), got->msg};
  auto* printed = got->data.find("stdout");
  return std::string{printed ? printed->text_or("") : ""};
}

/// Whether the host has started anew and is ready.
result<void> is_back(const job& what, const job_environment& environment,
                     const wait_limit& limit, const std::string& before) {
  auto line = environment.lines->line(*what.where, limit);
  if (!line)
    return line.why();
  auto now = ask_host(**line, what, what.args.text("boot_time_command"), limit);
  if (!now)
    return now.why();
  if (*now == before) {
    // The line may be one of before, and end any moment.
    environment.lines->forget(*what.where);
    return error{errc::timeout, "it has not ended yet"};
  }
  auto ready = ask_host(**line, what, what.args.text("test_command"), limit);
  if (!ready)
    return ready.why();
  return {};
}

} // namespace

module_result wait_for_host(const job& what,
                            const job_environment& environment) {
  auto time = [&](const char* argument) {
    return what.args.duration(argument).value_or(std::chrono::seconds{0});
  };
  module_result out;
  if (what.check_mode) {
    out.skipped = true;
    return out;
  }
  waiting until{what, environment, time("delay") + time("timeout")};
  error last{errc::timeout, "it was not tried"};
  for (bool goes_on = until.rest(time("delay")); goes_on;
       goes_on = until.rest(time("sleep"))) {
    auto reached = environment.lines->reach(
      *what.where, until.attempt(time("connect_timeout")));
    if (reached) {
      out.data.set("elapsed", until.elapsed());
      return out;
    }
    last = reached.why();
  }
  return until.ended("the host", last);
}

module_result restart_host(const job& what,
                           const job_environment& environment) {
  auto& to = *what.where;
  auto line = environment.lines->line(to, call_limit(what));
  if (!line)
    return unreachable_result(what, line.why(),
                              "Failed to connect to the host");
  auto before = ask_host(**line, what, what.args.text("boot_time_command"),
                         call_limit(what));
  if (!before)
    return before.why().code == errc::network
             ? unreachable_result(what, before.why(), "The connection was lost")
             : module_result::failure(before.why());
  waiting until{what, environment,
                seconds_of(what.args, "reboot_timeout", 600)
                  + seconds_of(what.args, "pre_reboot_delay")};
  auto told = call_over(**line, call_of(what, **line), what, call_limit(what));
  // That the line ends is what is expected.
  if (told && (told->failed || what.check_mode))
    return std::move(*told);
  line->reset();
  environment.lines->forget(to);
  error last{errc::timeout, "it was not tried"};
  auto patience = seconds_of(what.args, "connect_timeout", to.timeout);
  while (until.rest(std::chrono::seconds{1})) {
    auto back = is_back(what, environment, until.attempt(patience), *before);
    if (!back) {
      last = back.why();
      continue;
    }
    if (!until.rest(seconds_of(what.args, "post_reboot_delay")))
      break;
    module_result out;
    out.changed = true;
    out.data.set("rebooted", true);
    out.data.set("elapsed", until.elapsed());
    return out;
  }
  auto out = until.ended("the host after its restart", last);
  out.changed = true;
  out.data.set("rebooted", true);
  return out;
}

} // namespace troupe
