#include "actors/cli/plan_listing.hpp"
#include "actors/cli/run_plan.hpp"
#include "actors/lint/lint_plan.hpp"

#include <fmt/format.h>

#include <set>

namespace troupe {

namespace {

std::string counted(size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

/// Whom a playbook is for.
std::string described_hosts(const plan& p) {
  std::set<std::string_view> known;
  bool open = false;
  for (auto& each : p.plays)
    if (each.open_hosts.is_null())
      known.insert(each.foreseen_hosts.begin(), each.foreseen_hosts.end());
    else
      open = true;
  return counted(known.size(), "host")
         + (open ? " and those that are known only when a play begins" : "");
}

} // namespace

std::string describe_plan(const plan& p) {
  if (!p.playbook)
    return fmt::format("{}: valid {} plan, {} in {}\n", p.source, p.shape,
                       counted(p.task_count(), "task"),
                       counted(p.plays.size(), "play"));
  size_t tasks = 0;
  for (auto& each : p.plays)
    for_each_task(each.body, [&](auto& t) { tasks += is_written(t) ? 1 : 0; });
  return fmt::format("{}: valid playbook, {} in {} for {}\n", p.shown_as,
                     counted(tasks, "task"), counted(p.plays.size(), "play"),
                     described_hosts(p));
}

namespace {

/// False: a file that the plan imports is not valid, which is told.
bool has_valid_imports(lint_plan& p, const prepared_run& what,
                       std::string_view text, command_line& line) {
  auto& found = p.broken_imports;
  if (found.empty())
    return true;
  for (auto& each : found)
    each.message = p.shown(std::move(each.message));
  auto& name = what.ctx->what->shown_as;
  if (found.size() > 1)
    line.tell(
      fmt::format("{}: {} problems, nothing was run\n", name, found.size()));
  line.tell(format_problems(found, name, text));
  line.code = exit_code::invalid_plan;
  return false;
}

/// Templates that cannot be filled: whether a run comes to the tasks that name
/// them is not known.
void warn_of_templates(const lint_plan& p, command_line& line) {
  for (auto& each : p.sources.broken_templates)
    line.warn(
      p.shown(fmt::format("{}: {}; a task that fills this template fails",
                          to_string(each.place), each.message)));
}

} // namespace

bool has_valid_imports(const prepared_run& what, std::string_view text,
                       command_line& line) {
  lint_plan p{*what.ctx, text};
  return has_valid_imports(p, what, text, line);
}

void add_validate(CLI::App& app, command_line& line) {
  auto choice = std::make_shared<plan_choice>();
  auto* command = app.add_subcommand(
    "validate", "Check a plan and say everything that is wrong with it");
  command->footer("Example:\n  troupe validate site.json");
  choice->add_to(*command);
  option_list options;
  choice->add_inventories_to(options);
  add_options(*command, options);
  command->callback([choice, &line] {
    std::string text;
    auto what = prepare_choice(*choice, line, &text);
    if (!what)
      return;
    lint_plan p{*what->ctx, text};
    if (!has_valid_imports(p, *what, text, line))
      return;
    for (auto& each : what->all_warnings())
      line.warn(each);
    warn_of_misspelt_settings(*what, line);
    warn_of_templates(p, line);
    line.say_in_lines(describe_plan(*what->ctx->what));
  });
}

} // namespace troupe
