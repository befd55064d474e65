#include "actors/state/undo.hpp"

#include "actors/cli/run_plan.hpp"
#include "actors/cli/undo_stop.hpp"
#include "actors/cli/undo_tasks.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

struct undo_options {
  state_options state;
  std::string run;
  std::vector<std::string> tasks;
  bool check = false;
  bool force = false;
};

void print_step(const undo_step& step, const std::string& tasks, bool check,
                const command_line& line) {
  auto end = step.diff.empty() || step.diff.ends_with('\n') ? "" : "\n";
  auto trouble = check ? "cannot be undone: " : "not undone: ";
  line.say(fmt::format("{}: {}{}{}\n{}{}", terminal_line(step.path),
                       step.failed ? trouble : "", terminal_line(step.what),
                       terminal_line(tasks), step.diff, end));
}

/// What came of all steps.
struct undo_counts {
  size_t changes = 0;
  size_t done = 0;
  size_t failures = 0;
  bool touched = false;
  /// How many it has come to.
  size_t reached = 0;
  /// A signal has come before the rest.
  std::optional<exit_code> stopped = {};

  void take(const undo_step& step) {
    failures += step.failed ? 1 : 0;
    done += step.has_undone() ? 1 : 0;
    touched = touched || step.touched;
  }

  /// Asked before each change.
  bool is_stopped(std::optional<exit_code> asked) {
    stopped = asked;
    reached += stopped ? 0 : 1;
    return stopped.has_value();
  }
};

/// The newest run in front of this one that changed files which nobody has put
/// back; empty: none of the last ones did. What it is called in a sentence.
std::string earlier_changes(const undo_options& given, const std::string& run,
                            host& machine) {
  constexpr size_t most = 50;
  auto path = given.state.path(machine);
  auto runs = list_runs(machine, path);
  auto from = std::find(runs.rbegin(), runs.rend(), run);
  for (size_t i = 0; from != runs.rend() && i < most; ++i, ++from) {
    auto past = look_at_run(path, *from);
    if (past && !(*past)->changes().empty() && !has_hosts(machine, path, **past)
        && !taken_back(machine, path, **past))
      return fmt::format("; the last one that did is {}, of {}", *from,
                         (*past)->header().source);
  }
  return {};
}

std::string in_words(size_t changes) {
  return fmt::format("{} change{}", changes, changes == 1 ? "" : "s");
}

/// What to type to have the rest undone.
std::string next_command(const undo_options& given, const std::string& run,
                         host& machine) {
  auto out = "troupe undo " + run;
  for (auto& each : given.tasks)
    out += " --task " + shell_quoted(each);
  if (given.force)
    out += " --force";
  return out + given.state.argument(machine);
}

void tell_stop(const undo_options& given, const std::string& run,
               const undo_counts& counts, command_line& line) {
  line.fail(
    *counts.stopped,
    fmt::format("stopped: of {} {} undone{}, and {} {} left as they "
                "are",
                in_words(counts.changes),
                counts.done == 1 ? "1 is" : fmt::format("{} are", counts.done),
                counts.failures > 0
                  ? fmt::format(", {} could not be", counts.failures)
                  : "",
                counts.changes - counts.reached,
                counts.changes - counts.reached == 1 ? "is" : "are"));
  line.tell(fmt::format("troupe: to go on: {}\n",
                        next_command(given, run, *line.machine)));
}

/// How many changes were undone, or would be.
void tell_end(const undo_options& given, const std::string& run,
              const undo_counts& counts, command_line& line) {
  auto& failures = counts.failures;
  if (counts.stopped)
    return tell_stop(given, run, counts, line);
  if (counts.changes == 0)
    line.tell(fmt::format("troupe: run {} changed no files{}\n", run,
                          given.tasks.empty()
                            ? earlier_changes(given, run, *line.machine)
                            : std::string{}));
  else if (given.check)
    line.tell(fmt::format("DRY RUN: nothing was done; {} would be undone.\n",
                          in_words(counts.done)));
  else if (counts.done + failures == 0)
    line.tell(
      fmt::format("troupe: there was nothing left to undo of run {}\n", run));
  if (failures > 0)
    line.fail(exit_code::tasks_failed,
              fmt::format("{} of {} {} be undone", failures,
                          in_words(counts.changes),
                          given.check ? "cannot" : "could not"));
}

/// Notes what has become of the run. `was_open`: another undo of it was cut off
/// before, which one of single tasks does not bring to its end.
result<void> note_end(const undo_options& given, const std::string& run,
                      const undo_counts& counts, bool was_open,
                      command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  if (was_open && !given.tasks.empty())
    return {};
  if (counts.stopped)
    return was_open || counts.touched ? result<void>{}
                                      : give_up_undo(machine, path, run);
  if (counts.touched || counts.failures < counts.changes)
    return end_undo(machine, path, run);
  return was_open ? result<void>{} : give_up_undo(machine, path, run);
}

/// Undoes these changes, or says what would be done, and notes that.
void undo_these(const std::vector<undo_entry>& changes, const run_past& past,
                undo_tasks& who, const undo_options& given,
                command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto& run = past.header().run;
  undo_counts counts{changes.size()};
  bool was_open = is_half_undone(machine, path, run);
  bool changes_something = !given.check && !changes.empty();
  // What only looks is ended at once.
  std::optional<undo_stop> stop;
  if (changes_something)
    stop.emplace(line.err);
  if (changes_something && !was_open)
    if (auto noted = begin_undo(machine, path, run); !noted)
      return line.fail(exit_code::state_unusable,
                       "nothing was undone: " + noted.why().message);
  undo_terms terms{
    state_directory::runs_folder(path) + "/" + run + "/undo",
    given.check,
    given.force,
    was_open || taken_back(machine, path, past),
    [&](const std::string& task) { return who.may_show(task); },
    [&](const std::string& task) { return who.why_hidden(task); }};
  terms.stops
    = [&] { return counts.is_stopped(stop ? stop->asked() : std::nullopt); };
  terms.tells = [&](const undo_step& step) {
    counts.take(step);
    print_step(step, fmt::format(" ({})", who.name_of(step.of->task)),
               given.check, line);
  };
  undo_changes(changes, machine, terms);
  if (changes_something)
    if (auto noted = note_end(given, run, counts, was_open, line); !noted)
      line.warn(noted.why().message);
  tell_end(given, run, counts, line);
}

void undo(const undo_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto state = state_directory::open(machine, path, "undo");
  if (!state) {
    bool held = state.why().code == errc::exhausted;
    return line.fail(held ? exit_code::locked : exit_code::state_unusable,
                     held ? fmt::format("another run holds '{}': {}", path,
                                        state.why().message)
                          : state.why().message);
  }
  auto run = find_run(machine, path, given.run);
  if (!run)
    return line.fail(exit_code::usage, run.why().message);
  auto folder = state_directory::runs_folder(path) + "/" + *run;
  if (auto safe = check_run_folder(machine, folder); !safe)
    return line.fail(exit_code::state_unusable, safe.why().message);
  auto past = look_to_undo(path, *run);
  if (!past)
    return line.fail(exit_code::state_unusable,
                     fmt::format("run {}: {}", *run, past.why().message));
  if (has_hosts(machine, path, **past))
    return line.fail(exit_code::usage,
                     fmt::format("run {} was over several hosts, and undo is "
                                 "for runs of one: nothing was undone; put "
                                 "back with a playbook what 'troupe runs {}{}' "
                                 "shows as changed",
                                 *run, *run, given.state.argument(machine)));
  auto changes = (*past)->changes();
  undo_tasks who{**past};
  if (auto chosen = choose_changes(given.tasks, **past, who, changes); !chosen)
    return line.fail(exit_code::usage, chosen.why().message);
  undo_these(changes, **past, who, given, line);
}

} // namespace

void add_undo(CLI::App& app, command_line& line) {
  auto given = std::make_shared<undo_options>();
  auto* command = app.add_subcommand(
    "undo", "Undo what a run changed in files, the newest change first");
  command->footer("Examples:\n"
                  "  troupe undo 20260131T120000123-1a2b3c4d --check\n"
                  "  troupe undo 20260131T120000123-1a2b3c4d --task 'Configure "
                  "nginx'");
  command
    ->add_option("RUN", given->run,
                 "Which run: its id, the beginning of it, or last")
    ->required();
  command
    ->add_option("--task", given->tasks,
                 "Only what the task of this name or id changed")
    ->allow_extra_args(false);
  command->add_flag("--check", given->check,
                    "Say what would be undone, and show the differences");
  command->add_flag("--force", given->force,
                    "Undo what has changed since as well, and keep what is "
                    "there now beside it");
  option_list options;
  given->state.add_to(options);
  add_options(*command, options);
  command->callback([given, &line] { undo(*given, line); });
}

} // namespace troupe
