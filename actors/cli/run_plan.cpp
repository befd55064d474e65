#include "actors/cli/run_plan.hpp"

#include "actors/cli/found_plan.hpp"
#include "actors/cli/plan_listing.hpp"
#include "actors/cli/secrets.hpp"
#include "actors/cli/signal_relay.hpp"
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

/// `told`: whether what would change is an exit code of its own.
exit_code code_for(const run_outcome& outcome, bool told) {
  auto code = std::visit([&](auto& how) { return code_for(how, outcome); },
                         outcome.how);
  bool would = told && outcome.counts.changed > 0;
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
  auto* cancelled = outcome.ended<run_cancelled>();
  if (cancelled && outcome.counts.cut_off > 0)
    return {command + " --on-unknown rerun", command + " --on-unknown skip"};
  // What was cut off then has failed, and the rest is not run without it.
  if (cancelled && cancelled->why == cancel_reason::timeout
      && !outcome.failed_tasks.empty())
    return {command + " --rerun-failed"};
  if (cancelled || outcome.ended<run_unrecorded>())
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
  if (given.no_state || given.look.wanted()
      || (given.check && given.state.folder.empty()))
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
  if (given.view.quiet && line.verbosity > 0)
    return refuse(exit_code::usage,
                  {errc::invalid_argument, "--quiet and --verbose exclude each "
                                           "other"});
  if (given.no_state && !given.state.argument(machine).empty())
    return refuse(exit_code::usage,
                  {errc::invalid_argument, "--no-state and --state-dir exclude "
                                           "each other"});
  if (auto fine
      = check_paths(given.view, files_read(given.choice, machine), machine);
      !fine)
    return refuse(exit_code::usage, fine.why());
  warn_of_variables(given.choice, line);
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
  request.tasks = given.tasks;
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
    if (what.why().code == errc::invalid_argument)
      return refuse(exit_code::usage, what.why());
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

/// Tells what was asked about the plan instead of running it.
void look_at_plan(const prepared_run& what, const run_options& given,
                  command_line& line) {
  auto& p = *what.ctx->what;
  if (given.look.syntax)
    line.say(describe_plan(p));
  if (given.look.tasks)
    line.say(list_tasks(p, given.tasks));
  if (given.look.tags)
    line.say(list_tags(p, given.tasks));
}

} // namespace

std::string describe_plan(const plan& p) {
  auto count = [](size_t n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  return fmt::format("{}: valid {} plan, {} in {}\n", p.source, p.shape,
                     count(p.task_count(), "task"),
                     count(p.plays.size(), "play"));
}

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
  for (auto& each : strange_tags(*what->ctx->what, given.tasks))
    line.warn(each);
  if (given.look.wanted())
    return look_at_plan(*what, given, line);
  if (given.detailed_exitcode && !what->ctx->options.check_mode)
    return line.fail(exit_code::usage,
                     "--detailed-exitcode says what --check has predicted: "
                     "give both");
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
  line.code = code_for(outcome, given.detailed_exitcode);
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
