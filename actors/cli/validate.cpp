#include "actors/cli/run_plan.hpp"
#include "actors/lint/lint_plan.hpp"

#include <fmt/format.h>

namespace troupe {

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
    line.say(describe_plan(*what->ctx->what));
  });
}

} // namespace troupe
