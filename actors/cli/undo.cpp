#include "actors/state/undo.hpp"

#include "actors/cli/kept_command.hpp"
#include "actors/cli/run_plan.hpp"
#include "actors/state/run_past.hpp"
#include "config/plan/tags.hpp"
#include "config/value/nearest.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace troupe {

namespace {

struct undo_options {
  state_options state;
  std::string run;
  std::vector<std::string> tasks;
  bool check = false;
  bool force = false;
};

bool opens_vault(const dict& command) {
  auto* opened = command.find("opens_vault");
  return opened && *opened == value{true};
}

bool has_secrets(const dict& command) {
  return opens_vault(command) || !from_command(command).choice.secrets.empty();
}

/// A report that may not show its output, and one of a task that never ended,
/// of which nobody knows. Of a run with secrets nobody knows them any more.
bool may_show(const run_past& past, const std::string& task) {
  if (has_secrets(past.header().options))
    return false;
  auto report = past.ended(task);
  return report && report->result && !report->result->censored;
}

/// Why not; empty: for its no_log.
std::string why_hidden(const run_past& past, const std::string& task) {
  auto report = past.ended(task);
  if (report && report->result && report->result->censored)
    return {};
  auto& command = past.header().options;
  if (opens_vault(command))
    return "the run could open encrypted variables, and nobody knows any more "
           "what was in them";
  if (has_secrets(command))
    return "the run had secrets, and nobody knows them any more";
  return "its task never ended";
}

/// What the plan calls tasks. Each is read once: a report may be large, and a
/// loop changes many paths.
class named_tasks {
public:
  explicit named_tasks(const run_past& past) : past_{past} {
  }

  /// Its name, or its id when it never ended.
  const std::string& of(const std::string& id) {
    auto [known, fresh] = names_.try_emplace(id, id);
    if (!fresh)
      return known->second;
    auto report = past_.ended(id);
    if (report && report->result && !report->result->name.empty())
      known->second = report->result->name;
    return known->second;
  }

private:
  const run_past& past_;
  std::unordered_map<std::string, std::string> names_;
};

/// The ids of tasks that have this name or id, and have changed something or
/// at least ended.
std::set<std::string> tasks_called(const run_past& past, named_tasks& names,
                                   const std::vector<undo_entry>& changes,
                                   const std::string& name) {
  std::set<std::string> out;
  if (past.ended(name))
    out.insert(name);
  std::unordered_set<std::string_view> seen;
  for (auto& each : changes)
    if (seen.insert(each.task).second
        && (each.task == name || glob_matches(name, names.of(each.task))))
      out.insert(each.task);
  return out;
}

/// The tasks that changed something, for people.
std::vector<std::string>
names_of_tasks(named_tasks& names, const std::vector<undo_entry>& changes) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> seen;
  for (auto& each : changes)
    if (auto& name = names.of(each.task); seen.insert(name).second)
      out.push_back(name);
  return out;
}

/// Leaves the changes of the tasks that were asked for.
result<void> choose(const std::vector<std::string>& wanted,
                    const run_past& past, named_tasks& known,
                    std::vector<undo_entry>& changes) {
  if (wanted.empty())
    return {};
  std::set<std::string> ids;
  for (auto& name : wanted) {
    auto found = tasks_called(past, known, changes, name);
    if (found.empty()) {
      auto names = names_of_tasks(known, changes);
      return error{
        errc::invalid_argument,
        fmt::format("run {} has no task '{}'{}; these have changed "
                    "something: {}",
                    past.header().run, name, did_you_mean(name, names),
                    names.empty() ? "none"
                                  : fmt::format("{}", fmt::join(names, ", ")))};
    }
    ids.merge(found);
  }
  std::erase_if(
    changes, [&](const undo_entry& each) { return !ids.contains(each.task); });
  return {};
}

/// The tasks whose changes of each path are undone, the newest first, in words.
std::unordered_map<std::string, std::string>
tasks_by_path(named_tasks& names, const std::vector<undo_entry>& changes) {
  std::unordered_map<std::string, std::string> out;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (auto each = changes.rbegin(); each != changes.rend(); ++each) {
    auto& name = names.of(each->task);
    if (!seen.emplace(each->path, name).second)
      continue;
    auto& words = out[each->path];
    words += (words.empty() ? " (" : ", ") + name;
  }
  for (auto& [path, words] : out)
    words += ')';
  return out;
}

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
};

/// How many changes were undone, or would be.
void tell_end(const undo_options& given, const std::string& run,
              const undo_counts& counts, command_line& line) {
  auto& [all, done, failures, touched] = counts;
  auto count
    = [](size_t n) { return fmt::format("{} change{}", n, n == 1 ? "" : "s"); };
  if (all == 0)
    line.tell(fmt::format("troupe: run {} changed no files\n", run));
  else if (given.check)
    line.tell(fmt::format("DRY RUN: nothing was done; {} would be undone.\n",
                          count(done)));
  else if (done + failures == 0)
    line.tell(
      fmt::format("troupe: there was nothing left to undo of run {}\n", run));
  if (failures > 0)
    line.fail(exit_code::tasks_failed,
              fmt::format("{} of {} {} be undone", failures, count(all),
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
  if (counts.touched || counts.failures < counts.changes)
    return end_undo(machine, path, run);
  return was_open ? result<void>{} : give_up_undo(machine, path, run);
}

/// Undoes these changes, or says what would be done, and notes that.
void undo_these(const std::vector<undo_entry>& changes, const run_past& past,
                named_tasks& names, const undo_options& given,
                command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto& run = past.header().run;
  undo_counts counts{changes.size()};
  bool was_open = is_half_undone(machine, path, run);
  bool changes_something = !given.check && !changes.empty();
  if (changes_something && !was_open)
    if (auto noted = begin_undo(machine, path, run); !noted)
      return line.fail(exit_code::state_unusable,
                       "nothing was undone: " + noted.why().message);
  undo_terms terms{
    state_directory::runs_folder(path) + "/" + run + "/undo", given.check,
    given.force, [&](const std::string& task) { return may_show(past, task); },
    [&](const std::string& task) { return why_hidden(past, task); }};
  auto tasks = tasks_by_path(names, changes);
  for (auto& step : undo_changes(changes, machine, terms)) {
    counts.failures += step.failed ? 1 : 0;
    counts.done += step.failed || step.unchanged ? 0 : 1;
    counts.touched = counts.touched || step.touched;
    print_step(step, tasks[step.path], given.check, line);
  }
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
  auto past = look_at_run(path, *run);
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
  named_tasks names{**past};
  if (auto chosen = choose(given.tasks, **past, names, changes); !chosen)
    return line.fail(exit_code::usage, chosen.why().message);
  undo_these(changes, **past, names, given, line);
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
