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

bool has_valid_imports(const prepared_run& what, std::string_view text,
                       command_line& line) {
  lint_plan p{*what.ctx, text};
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
    if (!what || !has_valid_imports(*what, text, line))
      return;
    for (auto& each : what->all_warnings())
      line.warn(each);
    line.say_in_lines(describe_plan(*what->ctx->what));
  });
}

} // namespace troupe
