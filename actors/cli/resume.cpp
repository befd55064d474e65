#include "actors/cli/kept_command.hpp"
#include "actors/cli/run_plan.hpp"
#include "config/playbook/ansible_settings.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace troupe {

namespace {

bool is_open(const run_past& past, host& machine, const std::string& state) {
  return (!past.ending() || past.ending()->failed)
         && !taken_back(machine, state, past);
}

/// What can be gone on with when no run is named; of each kind the newest,
/// empty: none.
struct open_runs {
  /// A run that has not ended well, of a plan that no later run was of: of a
  /// plan in the present folder or below it, and of any other.
  std::string here;
  std::string elsewhere;
  /// One whose plan is there no longer.
  std::string without_plan;
  std::string lost_plan;
  /// A single task (`troupe do`): nobody means one who does not name it.
  std::string single;
};

void note_open(open_runs& out, const run_past& past, const std::string& run,
               host& machine) {
  auto plan = plan_path_of(past);
  auto folder = machine.files().real_path(".");
  auto here = folder && *folder != "/" ? *folder + "/" : "/";
  auto there = machine.files().status(plan, true);
  bool lost = plan.starts_with('/') && there && !*there;
  auto& to = lost                     ? out.without_plan
             : plan.starts_with(here) ? out.here
                                      : out.elsewhere;
  if (!to.empty())
    return;
  to = run;
  if (lost)
    out.lost_plan = plan;
}

open_runs newest_open_runs(host& machine, const std::string& state) {
  auto runs = list_runs(machine, state);
  open_runs out;
  std::set<std::string> later;
  for (auto i = runs.rbegin(); i != runs.rend() && out.here.empty(); ++i) {
    auto past = look_at_run(state, *i);
    if (!past)
      continue;
    // Runs of older versions have the mark alone, those that died the other.
    bool single = is_single((*past)->header().options)
                  || is_marked_single(machine, state, *i);
    if (!single && !later.insert(plan_path_of(**past)).second)
      continue;
    if ((single && !out.single.empty()) || !is_open(**past, machine, state))
      continue;
    if (single)
      out.single = *i;
    else
      note_open(out, **past, *i, machine);
  }
  return out;
}

std::string none_is_open(const open_runs& open, const run_options& given,
                         host& machine, const std::string& state) {
  if (!open.without_plan.empty())
    return fmt::format("the plan of run {}, which has not ended well, is no "
                       "longer there: '{}'",
                       open.without_plan, open.lost_plan);
  if (open.single.empty())
    return fmt::format("no run in '{}' is unfinished", state);
  return fmt::format("no run of a plan in '{}' is unfinished; a single task "
                     "is gone on with by its id: troupe resume {}{}",
                     state, open.single, given.state.argument(machine));
}

/// The run that was asked for; empty: there is none, which was told.
std::string chosen_run(const run_options& given, const std::string& state,
                       command_line& line) {
  auto& machine = *line.machine;
  if (given.going_on.run.empty()) {
    auto open = newest_open_runs(machine, state);
    auto run = open.here.empty() ? open.elsewhere : open.here;
    if (run.empty())
      line.fail(exit_code::usage, none_is_open(open, given, machine, state));
    return run;
  }
  auto found = find_run(machine, state, given.going_on.run);
  if (found)
    return *found;
  line.fail(exit_code::usage, found.why().message);
  return {};
}

/// What is known of a run that may be gone on with; null: it may not, which was
/// told.
std::shared_ptr<run_past> resumable(const std::string& run,
                                    const run_options& given,
                                    const std::string& state,
                                    command_line& line) {
  auto& machine = *line.machine;
  auto folder = state_directory::runs_folder(state) + "/" + run;
  if (auto safe = check_run_folder(machine, folder); !safe) {
    line.fail(exit_code::state_unusable, safe.why().message);
    return nullptr;
  }
  auto past = look_at_run(state, run);
  if (!past) {
    line.fail(exit_code::state_unusable,
              fmt::format("run {}: {} (troupe runs lists what there is)", run,
                          past.why().message));
    return nullptr;
  }
  if (auto& ending = (*past)->ending(); ending && !ending->failed) {
    line.tell(fmt::format("troupe: run {} has ended well; there is "
                          "nothing to go on with\n",
                          run));
    return nullptr;
  }
  auto why
    = why_not_to_go_on(machine, state, **past, given.state.argument(machine));
  if (why.empty())
    return *past;
  line.fail(exit_code::usage, why);
  return nullptr;
}

/// What the run was started with, and on top of it what is given now.
run_options options_to_go_on(const run_past& past, const run_options& given) {
  auto options = from_command(past.header().options);
  options.view = given.view;
  options.state = given.state;
  options.going_on = given.going_on;
  auto& vars = options.choice.extra_vars;
  vars.insert(vars.end(), given.choice.extra_vars.begin(),
              given.choice.extra_vars.end());
  options.going_on.added_vars = given.choice.extra_vars;
  auto& vault = given.choice.vault;
  if (vault.ask || !vault.ids.empty() || !vault.password_files.empty())
    options.choice.vault = vault;
  auto& mine = given.hosts;
  if (mine.has_passwords()) {
    options.hosts.ask_password = mine.ask_password;
    options.hosts.ask_become = mine.ask_become;
    options.hosts.password_file = mine.password_file;
    options.hosts.become_file = mine.become_file;
  }
  options.look_closer = warn_of_misspelt_names;
  return options;
}

void resume(const run_options& given, command_line& line) {
  auto state = given.state.path(*line.machine);
  auto run = chosen_run(given, state, line);
  if (run.empty())
    return;
  auto past = resumable(run, given, state, line);
  if (!past)
    return;
  // Roles, passwords of the vault and all else are found as they were.
  std::optional<chosen_settings_file> settings;
  if (auto file = settings_file_of(past->header().options))
    settings.emplace(std::move(*file));
  auto options = options_to_go_on(*past, given);
  options.going_on.run = run;
  run_plan(options, line);
}

} // namespace

void add_resume(CLI::App& app, command_line& line) {
  auto given = std::make_shared<run_options>();
  auto* command = app.add_subcommand(
    "resume", "Go on with a run that was killed, interrupted or failed");
  command->footer("Examples:\n"
                  "  troupe resume\n"
                  "  troupe resume 20260131T120000123-1a2b3c4d --rerun-failed\n"
                  "  troupe resume --on-unknown rerun\n"
                  "  troupe resume -e version=1.3");
  command->add_option(
    "RUN", given->going_on.run,
    "Which run: its id, the beginning of it, or last; without, "
    "the newest that has not ended well, of a plan in this folder or below "
    "rather than of others");
  option_list options{
    {.names = "-e,--extra-vars",
     .help = "As for run: on top of the variables that the run was started "
             "with, for what is still to be done",
     .to = &given->choice.extra_vars},
  };
  given->choice.vault.add_to(options);
  given->hosts.add_passwords_to(options);
  given->going_on.add_to(options);
  given->going_on.add_lock_to(options);
  given->view.add_to(options);
  given->state.add_to(options);
  add_options(*command, options);
  command->add_flag("-v,--verbose", line.verbosity, "Show more; up to -vvv");
  command->callback([given, &line] { resume(*given, line); });
}

} // namespace troupe
