#include "actors/cli/command_line.hpp"

#include <fmt/format.h>

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
    auto& p = *what->ctx->what;
    line.say(fmt::format("{}: valid {} plan, {} tasks in {} plays\n", p.source,
                         p.shape, p.task_count(), p.plays.size()));
  });
}

} // namespace troupe
