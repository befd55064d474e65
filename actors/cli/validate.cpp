#include "actors/cli/command_line.hpp"

namespace troupe {

void add_validate(CLI::App& app, command_line& line) {
  auto choice = std::make_shared<plan_choice>();
  auto* command = app.add_subcommand(
    "validate", "Check a plan and say everything that is wrong with it");
  command->footer("Example:\n  troupe validate site.json");
  choice->add_to(*command);
  command->callback([choice, &line] {
    auto what = prepare_choice(*choice, line);
    if (!what)
      return;
    for (auto& each : what->warnings)
      line.warn(each);
    line.say(describe_plan(*what->ctx->what));
  });
}

} // namespace troupe
