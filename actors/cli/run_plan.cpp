#include "actors/cli/run_plan.hpp"

#include "actors/cli/secrets.hpp"
#include "actors/cli/signal_relay.hpp"
#include "platform/allocator.hpp"
#include "platform/input.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

// How many runs stay in the state folder, and how many that can be gone on
// with.
constexpr size_t runs_kept = 20;
constexpr size_t open_runs_kept = 100;

dict given_settings(const run_options& given) {
  dict out;
  if (given.parallel)
    out.set("parallel_tasks", static_cast<int64_t>(*given.parallel));
  if (given.sequential)
    out.set("parallel_tasks", 1);
  if (given.check)
    out.set("check_mode", true);
  if (given.diff)
    out.set("diff_mode", true);
  if (!given.policy.empty())
    out.set("failure_policy", given.policy);
  return out;
}

exit_code code_for(const run_cancelled& how, const run_outcome&) {
  if (how.why == cancel_reason::interrupted)
    return exit_code::interrupted;
  if (how.why == cancel_reason::terminated)
    return exit_code::terminated;
  return how.why == cancel_reason::state_lost ? exit_code::exhausted
                                              : exit_code::tasks_failed;
}

exit_code code_for(const run_completed&, const run_outcome& outcome) {
  if (!outcome.unknown_tasks.empty())
    return exit_code::unknown_state;
  return outcome.failed_tasks.empty() ? exit_code::ok : exit_code::tasks_failed;
}

exit_code code_for(const run_broken&, const run_outcome&) {
  return exit_code::internal;
}

exit_code code_for(const run_homeless&, const run_outcome&) {
  return exit_code::state_unusable;
}

exit_code code_for(const run_unrecorded&, const run_outcome&) {
  return exit_code::exhausted;
}

exit_code code_for(const run_outcome& outcome, const run_options& given) {
  auto code = std::visit([&](auto& how) { return code_for(how, outcome); },
                         outcome.how);
  bool would
    = given.check && given.detailed_exitcode && outcome.counts.changed > 0;
  return code == exit_code::ok && would ? exit_code::would_change : code;
}

/// What to type in order to go on: the choices there are, or nothing.
std::vector<std::string> next_commands(const run_outcome& outcome,
                                       const prepared_run& what,
                                       const run_options& given,
                                       host& machine) {
  if (!what.state || what.ctx->options.check_mode
      || outcome.ended<run_homeless>())
    return {};
  auto& runner = given.choice.packed.source;
  auto command = runner.empty() ? "troupe resume " + what.ctx->run_id
                                : runner + " --resume";
  command += given.state.argument(machine);
  if (!outcome.unknown_tasks.empty())
    return {command + " --on-unknown rerun", command + " --on-unknown skip"};
  // What was cut off, and may not simply be done again, is unknown then.
  if (outcome.ended<run_cancelled>() && outcome.counts.cut_off > 0)
    return {command + " --on-unknown rerun", command + " --on-unknown skip"};
  if (outcome.ended<run_cancelled>() || outcome.ended<run_unrecorded>())
    return {command};
  if (outcome.rolled_back)
    return {};
  if (outcome.failed_tasks.empty())
    return {};
  return {command + " --rerun-failed"};
}

/// Takes the state folder; false after saying why it cannot be used.
bool open_state(const run_options& given, run_request& request,
                command_line& line) {
  // A prediction makes no folders unless it is asked to.
  if (given.no_state || (given.check && given.state.folder.empty()))
    return true;
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  if (path.empty()) {
    line.fail(exit_code::state_unusable,
              "there is no place for the state of the run (HOME is not set): "
              "give one with --state-dir, or use --no-state");
    return false;
  }
  auto holder = fmt::format("process {} ({})", process_id(), given.choice.plan);
  auto opened
    = state_directory::open(machine, path, holder, given.going_on.wait_lock);
  if (opened) {
    request.state = std::move(*opened);
    return true;
  }
  if (opened.why().code == errc::exhausted)
    line.fail(exit_code::locked,
              fmt::format("another run holds '{}': {}. Wait for it with "
                          "--wait-lock, or use another --state-dir",
                          path, opened.why().message));
  else
    line.fail(exit_code::state_unusable,
              fmt::format("state folder: {}. Give another one with "
                          "--state-dir, or use --no-state",
                          opened.why().message));
  return false;
}

/// A plan as it was found: its text, or where its tasks are in its file.
struct found_plan {
  plan_text whole;
  std::optional<streamed_plan> streamed;
};

/// The plan to run. One that came through standard input is kept with the run.
result<plan_text> whole_plan(const run_options& given, host& machine) {
  if (given.choice.plan != "-" || given.going_on.run.empty())
    return read_plan_text(machine, given.choice.plan);
  auto path = state_directory::runs_folder(given.state.path(machine)) + "/"
              + given.going_on.run + "/plan";
  auto text = machine.files().read(path);
  if (!text)
    return text.why();
  return plan_text{std::move(*text), "<stdin>"};
}

result<found_plan> find_plan(const run_options& given, host& machine,
                             const settings& options) {
  auto& path = given.choice.plan;
  auto there = machine.files().status(path, true);
  if (path != "-" && there && *there
      && (*there)->size >= options.plan_stream_size) {
    give_back_large_blocks();
    if (auto streamed = stream_plan(path, limits_of(options)))
      return found_plan{{}, std::move(*streamed)};
  }
  auto text = whole_plan(given, machine);
  if (!text)
    return text.why();
  return found_plan{std::move(*text), {}};
}

/// What is wrong with a plan that was to be streamed, reading it as a whole
/// tells; and what cannot be streamed after all runs from memory.
result<prepared_run> prepare_found(found_plan& from, const run_options& given,
                                   const run_request& request,
                                   const std::shared_ptr<host>& machine) {
  if (from.streamed) {
    auto what = prepare(*from.streamed, request, machine);
    if (what || what.why().code != errc::invalid_plan)
      return what;
    auto text = whole_plan(given, *machine);
    if (!text)
      return error{errc::invalid_plan, text.why().message};
    from.whole = std::move(*text);
  }
  return prepare(from.whole.text, from.whole.source, request, machine);
}

/// Everything the run is made of; absent after saying what is wrong.
std::optional<prepared_run> prepare_run(const run_options& given,
                                        command_line& line) {
  auto& machine = *line.machine;
  auto refuse = [&](exit_code code, const error& why) {
    line.fail(code, why.message);
    return std::nullopt;
  };
  bool goes_on = given.going_on.newest || !given.going_on.run.empty();
  if (!goes_on
      && (given.going_on.rerun_failed || given.going_on.on_unknown != "fail"))
    return refuse(exit_code::usage,
                  {errc::invalid_argument, "--rerun-failed and --on-unknown "
                                           "are about going on with a run: "
                                           "use them with --resume"});
  auto settings = read_settings(machine, given.choice.config_file);
  if (!settings)
    return refuse(exit_code::invalid_plan, settings.why());
  auto found = find_plan(given, machine, settings->current());
  if (!found)
    return refuse(exit_code::invalid_plan, found.why());
  auto vars = read_extra_vars(machine, given.choice.extra_vars,
                              given.choice.packed.vars);
  if (!vars)
    return refuse(exit_code::usage, vars.why());
  auto secrets = take_secrets(given.choice, *vars);
  if (!secrets)
    return refuse(exit_code::usage, secrets.why());
  run_request request;
  request.secrets = std::move(*secrets);
  if (!open_state(given, request, line))
    return std::nullopt;
  request.host_name = given.choice.host;
  request.options = std::move(*settings);
  request.packed = given.choice.packed;
  request.given_settings = given_settings(given);
  request.extra_vars = std::move(*vars);
  request.tags = given.tags;
  request.skip_tags = given.skip_tags;
  request.verbosity = line.verbosity;
  request.command = to_command(given, machine);
  request.resume = given.going_on.newest;
  request.resume_run = given.going_on.run;
  request.rerun_failed = given.going_on.rerun_failed;
  request.on_unknown
    = given.going_on.on_unknown == "rerun"  ? unknown_policy::rerun
      : given.going_on.on_unknown == "skip" ? unknown_policy::skip
                                            : unknown_policy::fail;
  auto what = prepare_found(*found, given, request, line.machine);
  if (!what) {
    if (what.why().code != errc::invalid_plan)
      return refuse(exit_code::state_unusable, what.why());
    // Already names its file and every problem.
    line.code = exit_code::invalid_plan;
    line.tell(what.why().message + "\n");
    return std::nullopt;
  }
  what->plan_text
    = given.choice.plan == "-" ? std::move(found->whole.text) : std::string{};
  return std::move(*what);
}

void tell_past(const run_past& past, command_line& line) {
  if (past.dropped() > 0)
    line.warn(fmt::format("the journal ended in {} torn bytes, which were cut "
                          "off",
                          past.dropped()));
  line.tell(
    fmt::format("troupe: going on with run {}, in which {} tasks have ended\n",
                past.header().run, past.tasks_ended()));
}

void tell_ending(const run_outcome& outcome, const prepared_run& what,
                 const run_options& given, command_line& line) {
  if (auto* broken = outcome.ended<run_broken>())
    line.fail(exit_code::internal, broken->why);
  if (auto* homeless = outcome.ended<run_homeless>())
    line.fail(exit_code::state_unusable, homeless->why);
  if (auto* unrecorded = outcome.ended<run_unrecorded>())
    line.fail(exit_code::exhausted, unrecorded->why);
  for (auto& each : outcome.view_troubles)
    line.warn(each);
  const char* how = "to go on";
  for (auto& next : next_commands(outcome, what, given, *line.machine)) {
    line.tell(fmt::format("troupe: {}: {}\n", how, next));
    how = "or";
  }
}

} // namespace

void run_plan(const run_options& given, command_line& line) {
  signal_relay relay{line};
  signal_watch watch{[&](signal_request what) { relay(what); }};
  auto what = prepare_run(given, line);
  if (!what)
    return;
  line.log_level = what->ctx->options.log_level;
  line.clean_up = what->ctx->options.cleanup_on_completion;
  for (auto& each : what->warnings)
    line.warn(each);
  line.inform(fmt::format("run {} of {} as host {}, {} tasks, {} at once",
                          what->ctx->run_id, what->ctx->what->source,
                          what->ctx->what->host, what->ctx->what->task_count(),
                          what->ctx->options.parallel_tasks));
  if (what->past)
    tell_past(*what->past, line);
  if (what->state)
    what->state->remove_old_runs(runs_kept, open_runs_kept);
  run_views views{given.view, *what, line};
  auto outcome = execute(*what, views.writers(),
                         [&](auto run) { relay.attach(std::move(run)); });
  line.code = code_for(outcome, given);
  tell_ending(outcome, *what, given, line);
  views.tell_trouble(line);
  if (line.code == exit_code::ok && what->state
      && what->ctx->options.cleanup_on_completion)
    if (auto gone = line.machine->files().remove_all(
          what->state->run_folder(what->ctx->run_id));
        !gone)
      line.warn(gone.why().message);
}

} // namespace troupe
