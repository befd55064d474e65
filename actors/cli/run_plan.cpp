#include "actors/cli/run_plan.hpp"

#include "actors/cli/asked_run.hpp"
#include "actors/cli/confirm.hpp"
#include "actors/cli/few_failed.hpp"
#include "actors/cli/kept_command.hpp"
#include "actors/cli/plan_listing.hpp"
#include "actors/cli/run_code.hpp"
#include "actors/cli/signal_relay.hpp"
#include "actors/cli/told_controller.hpp"
#include "actors/conduct/conduct.hpp"
#include "actors/report/change_keeper.hpp"
#include "actors/run/task_gate.hpp"
#include "actors/state/fact_store.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/collection_playbooks.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// What to type in order to go on: the choices there are, or nothing.
std::vector<std::string> next_commands(const run_outcome& outcome,
                                       const prepared_run& what,
                                       const run_options& given,
                                       host& machine) {
  if (!what.state || what.ctx->options.check_mode || outcome.stuck
      || outcome.ended<run_homeless>())
    return {};
  auto& runner = given.choice.packed.source;
  auto command = runner.empty() ? "troupe resume " + what.ctx->run_id
                                : runner + " --resume";
  // A runner is told its hosts anew, the journal tells 'troupe resume'.
  if (!runner.empty())
    for (auto& each : given.hosts.inventories)
      command += " -i " + each;
  command += given.state.argument(machine);
  if (outcome.is_taken_back() && !outcome.ended<run_unrecorded>())
    return {};
  if (!outcome.unknown_tasks.empty())
    return {command + " --on-unknown rerun", command + " --on-unknown skip"};
  // What was cut off, and may not simply be done again, is unknown then.
  auto* cancelled = outcome.ended<run_cancelled>();
  if (cancelled && outcome.counts.in_doubt > 0)
    return {command + " --on-unknown rerun", command + " --on-unknown skip"};
  // What was cut off then has failed, and the rest is not run without it.
  if (cancelled && cancelled->why == cancel_reason::timeout
      && !outcome.failed_tasks.empty())
    return {command + " --rerun-failed"};
  if (cancelled || outcome.ended<run_unrecorded>() || outcome.rollback_cut_off)
    return {command};
  // One task is typed again as easily.
  if (outcome.failed_tasks.empty() || given.made)
    return {};
  return {command + " --rerun-failed"};
}

void tell_past(const run_past& past, uint64_t ended, command_line& line) {
  if (past.dropped() > 0)
    line.warn(fmt::format("the journal ended in {} torn bytes, which were cut "
                          "off",
                          past.dropped()));
  line.tell(fmt::format(
    "troupe: going on with run {} of '{}', in which {} task{} "
    "ended\n",
    past.header().run, terminal_line(plan_from_here(past, *line.machine)),
    ended, ended == 1 ? " has" : "s have"));
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
  // Nobody knows the tags of what an earlier process, or no one, came to.
  auto& seen = what.ctx->tags;
  if (seen && outcome.well() && !what.ctx->past)
    for (auto& each : unseen_tags(*what.ctx->what, given.tasks, *seen))
      line.warn(each);
  auto& past = what.ctx->past;
  if (past && !outcome.failed_tasks.empty() && !past->since().is_any()
      && !what.rerun_failed && !outcome.stuck)
    line.tell(fmt::format("troupe: nothing was left to do: what has failed is "
                          "done again only with --rerun-failed{}\n",
                          few_failed(*past, outcome.failed_tasks,
                                     what.state->path(), *line.machine)));
  const char* how = "to go on";
  for (auto& next : next_commands(outcome, what, given, *line.machine)) {
    line.tell(fmt::format("troupe: {}: {}\n", how, next));
    how = "or";
  }
}

/// Removes what is kept of a run.
void forget_run(const prepared_run& what, command_line& line) {
  if (!what.state)
    return;
  auto folder = what.state->run_folder(what.ctx->run_id);
  if (auto gone = line.machine->files().remove_all(folder); !gone)
    line.warn(gone.why().message);
}

/// Why nobody can be asked before each task; empty: somebody can.
std::string why_no_steps(const prepared_run& what) {
  if (!what.hosts)
    return {};
  auto all = what.hosts->chosen({"all"});
  if (!all || all->size() < 2)
    return {};
  return fmt::format("--step asks about the tasks of one host, and the "
                     "inventory has {}: choose one with --limit, as "
                     "'--limit {}'",
                     all->size(), all->front());
}

/// Tells what was asked about the plan instead of running it.
void look_at_plan(const prepared_run& what, const run_options& given,
                  command_line& line) {
  auto& p = *what.ctx->what;
  if (given.look.as_ansible)
    return line.say(list_as_ansible(p, given.look, given.tasks));
  if (given.look.syntax && given.look.deeper
      && !given.look.deeper(what, {}, line))
    return;
  if (given.look.syntax)
    line.say(describe_plan(p));
  if (given.look.hosts)
    line.say(list_hosts(p));
  if (given.look.tasks)
    line.say(list_tasks(p, given.tasks));
  if (given.look.tags)
    line.say(list_tags(p, given.tasks));
}

/// Forgets what is kept of the run's hosts.
void flush_cache(const prepared_run& what) {
  auto& ctx = *what.ctx;
  auto kept = ctx.ansible ? fact_store::of(*ctx.ansible, ctx.machine)
                          : result<std::shared_ptr<const fact_store>>{nullptr};
  if (!kept || !*kept)
    return;
  if (!what.hosts)
    return (*kept)->forget(ctx.own_name());
  if (auto all = what.hosts->chosen({"all"}))
    for (auto& each : *all)
      (*kept)->forget(each);
}

/// Runs it before the eyes of whoever asked for it.
void show_run(const prepared_run& what, const run_options& given,
              signal_relay& relay, command_line& line) {
  told_controller controller;
  if (!controller.begin(what, given.membership, line))
    return;
  run_views views{given.view, what, line};
  relay.speak_through(views.aside());
  relay.begin();
  auto writers = views.writers();
  controller.add_to(writers);
  auto changes = std::make_shared<change_keeper>();
  if (given.detailed_exitcode)
    writers.push_back(changes);
  auto outcome = execute(what, writers, [&](auto run) {
    if (auto& gate = what.ctx->gate)
      gate->on_abandoned([run] { run->cancel(cancel_reason::unanswered); });
    relay.attach(std::move(run));
  });
  // What is not known may change something.
  line.code = code_for(
    outcome, given.detailed_exitcode
               && (outcome.counts.changed > 0 || !changes->found_none()));
  // Its folder is there now.
  if (what.state && given.made)
    what.state->note_single(what.ctx->run_id);
  if (what.state && outcome.well())
    what.state->note_ended_well(what.ctx->run_id,
                                !outcome.changed_tasks.empty());
  tell_ending(outcome, what, given, line);
  views.tell_trouble(line);
  controller.end(line);
  if (line.code == exit_code::ok && line.clean_up)
    forget_run(what, line);
}

/// What plays may ask of the command line.
dict names_of_command(const host_options& given, const run_context& ctx) {
  auto& files = ctx.machine->files();
  dict out;
  list sources;
  for (auto& each : given.sources(*ctx.machine))
    // What has a comma is a list of hosts.
    sources.push_back(each.starts_with('/')
                          || each.find(',') != std::string::npos
                        ? each
                        : joined(files.working_folder(), each));
  out.set("ansible_inventory_sources", std::move(sources));
  if (!given.limit.empty())
    out.set("ansible_limit", given.limit);
  auto& said = ctx.ansible;
  auto file = said ? said->text("CONFIG_FILE") : std::string{};
  out.set("ansible_config_file", file.empty() ? value{} : value{file});
  return out;
}

} // namespace

void conduct_if_asked(prepared_run& what, const run_options& given) {
  if (what.hosts && what.ctx->what->playbook && given.choice.host.empty())
    conduct(what, given.hosts.forks.value_or(usual_forks),
            names_of_command(given.hosts, *what.ctx));
}

void tell_before(const prepared_run& what, const run_options& given,
                 command_line& line) {
  line.log_level = what.ctx->options.log_level;
  for (auto& each : what.all_warnings())
    line.warn(each);
  for (auto& each : strange_tags(*what.ctx->what, given.tasks))
    line.warn(each);
  if (given.look_closer)
    given.look_closer(what, line);
}

namespace {

/// What was asked for, with what Ansible's settings say where no option does.
/// What is wrong with them is said by who reads a playbook, or here as Ansible
/// does, and nothing is done.
std::optional<run_options> with_settings(const run_options& asked,
                                         command_line& line) {
  auto out = asked;
  out.choice.plan = playbook_file(out.choice.plan, *line.machine);
  auto said = ansible_settings::read(*line.machine);
  if (!said && out.look.as_ansible) {
    line.fail(exit_code::usage, said.why().message);
    return std::nullopt;
  }
  if (!said)
    return out;
  auto& from = **said;
  out.hosts.ansible = *said;
  if (!out.look.as_ansible)
    return out;
  auto forks = from.all()->find("DEFAULT_FORKS");
  if (auto n = forks ? forks->to_int() : std::nullopt; !out.hosts.forks && n)
    out.hosts.forks
      = static_cast<unsigned>(std::clamp<int64_t>(*n, 1, int64_t{most_forks}));
  if (out.tasks.tags.empty())
    out.tasks.tags = from.texts("TAGS_RUN");
  if (out.tasks.skip_tags.empty())
    out.tasks.skip_tags = from.texts("TAGS_SKIP");
  if (line.verbosity == 0)
    if (auto* x = from.all()->find("DEFAULT_VERBOSITY"))
      line.verbosity = static_cast<int>(x->to_int().value_or(0));
  if (auto kept = fact_store::of(from, line.machine); !kept) {
    line.fail(exit_code::usage, kept.why().message);
    return std::nullopt;
  }
  if (!from.texts("CALLBACKS_ENABLED").empty())
    line.warn("callbacks_enabled: there are no callbacks but the usual one");
  return out;
}

/// A task of the command line that can only fail does so on no host. True:
/// that was told.
bool refuse_failing(const prepared_run& what, const made_plan& from,
                    command_line& line) {
  if (what.foreseen.empty())
    return false;
  auto found = what.foreseen;
  line.tell(format_problems(found, what.ctx->what->shown_as, from.shown));
  line.code = exit_code::invalid_plan;
  return true;
}

} // namespace

void run_plan(const run_options& asked_for, command_line& line) {
  auto with = with_settings(asked_for, line);
  if (!with)
    return;
  auto& given = *with;
  signal_relay relay{line};
  signal_watch watch{[&](signal_request what) { relay(what); }};
  auto asked = read_asked(given, line);
  if (!asked || (given.confirm && !confirm(*asked, given, relay, line)))
    return;
  auto what = prepare_asked(asked->found, asked->request, given, line);
  if (!what)
    return;
  if (given.choice.plan == "-")
    what->plan_text = std::move(asked->found.whole.text);
  auto outputs = std::move(asked->outputs);
  // The text of a plan may be large.
  asked.reset();
  line.clean_up = what->ctx->options.cleanup_on_completion;
  if (given.made && refuse_failing(*what, *given.made, line))
    return;
  if (!given.confirm)
    tell_before(*what, given, line);
  if (auto why = given.step ? why_no_steps(*what) : ""; !why.empty())
    return line.fail(exit_code::usage, why);
  conduct_if_asked(*what, given);
  if (given.hosts.flush_cache && !given.look.wanted())
    flush_cache(*what);
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
    tell_past(*what->past,
              tasks_ended_in(*line.machine, what->state->path(), *what->past),
              line);
  if (what->state)
    what->state->remove_old_runs(what->ctx->run_id);
  show_run(*what, given, relay, line);
}

} // namespace troupe
