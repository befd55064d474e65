#include "actors/state/undo.hpp"

#include "actors/cli/run_plan.hpp"
#include "actors/state/run_past.hpp"
#include "platform/input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

struct undo_options {
  state_options state;
  std::string run;
  std::vector<std::string> tasks;
  bool check = false;
  bool force = false;
};

bool has_secrets(const dict& command) {
  return !from_command(command).choice.secrets.empty();
}

/// A report that may not show its output, and one of a task that never ended,
/// of which nobody knows. Of a run with secrets nobody knows them any more.
bool may_show(const run_past& past, const std::string& task) {
  if (has_secrets(past.header().options))
    return false;
  auto report = past.ended(task);
  return report && report->result && !report->result->censored;
}

/// Whether a task has ended in the run, or changed something before it died.
bool knows_task(const run_past& past, const std::string& id) {
  auto changes = past.changes();
  return past.ended(id)
         || std::any_of(changes.begin(), changes.end(),
                        [&](auto& each) { return each.task == id; });
}

void print_step(const undo_step& step, const command_line& line) {
  auto end = step.diff.empty() || step.diff.ends_with('\n') ? "" : "\n";
  line.say(fmt::format("{}: {}{}\n{}{}", step.path,
                       step.failed ? "not undone: " : "", step.what, step.diff,
                       end));
}

void undo(const undo_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto state = state_directory::open(
    machine, path, fmt::format("process {} (undo)", process_id()));
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
  auto folder = (*state)->run_folder(*run);
  auto past = look_at_run(path, *run);
  if (!past)
    return line.fail(exit_code::state_unusable,
                     fmt::format("run {}: {}", *run, past.why().message));
  auto changes = (*past)->changes();
  for (auto& task : given.tasks)
    if (!knows_task(**past, task))
      return line.fail(
        exit_code::usage,
        fmt::format("no task of run {} has the id '{}'", *run, task));
  if (!given.tasks.empty())
    std::erase_if(changes, [&](const undo_entry& each) {
      return std::find(given.tasks.begin(), given.tasks.end(), each.task)
             == given.tasks.end();
    });
  size_t failures = 0;
  undo_terms terms{
    folder + "/undo", given.check, given.force,
    [&](const std::string& task) { return may_show(**past, task); }};
  for (auto& step : undo_changes(changes, machine, terms)) {
    failures += step.failed ? 1 : 0;
    print_step(step, line);
  }
  if (!given.check && failures < changes.size())
    if (auto noted = note_undone(machine, path, *run); !noted)
      line.warn(noted.why().message);
  if (changes.empty())
    line.tell(fmt::format("troupe: run {} changed no files\n", *run));
  if (failures > 0)
    line.fail(exit_code::tasks_failed,
              fmt::format("{} of {} changes could not be undone", failures,
                          changes.size()));
}

} // namespace

void add_undo(CLI::App& app, command_line& line) {
  auto given = std::make_shared<undo_options>();
  auto* command = app.add_subcommand(
    "undo", "Undo what a run changed in files, the newest change first");
  command->footer("Examples:\n"
                  "  troupe undo 20260131T120000-1a2b3c4d --check\n"
                  "  troupe undo 20260131T120000-1a2b3c4d --task nginx_conf");
  command
    ->add_option("RUN", given->run,
                 "Which run: its id, the beginning of it, or last")
    ->required();
  command
    ->add_option("--task", given->tasks,
                 "Only what the task with this id changed")
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
