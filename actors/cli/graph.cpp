#include "actors/cli/picture.hpp"
#include "actors/cli/run_plan.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct graph_options {
  plan_choice choice;
  state_options state;
  std::string format = "dot";
  std::string run;
};

/// Adds what a run made of the plan; false after saying why it cannot.
bool add_past(picture& to, const graph_options& given, const prepared_run& what,
              command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto run = find_run(machine, path, given.run);
  if (!run) {
    line.fail(exit_code::usage, run.why().message);
    return false;
  }
  auto past = look_at_run(path, *run);
  if (!past) {
    line.fail(exit_code::state_unusable,
              fmt::format("run {}: {}", *run, past.why().message));
    return false;
  }
  auto& header = (*past)->header();
  if (header.plan_hash != what.header.plan_hash)
    line.warn(fmt::format("run {} was not of these tasks: of '{}'", *run,
                          header.source));
  std::vector<result_ptr> results;
  for (auto& each : (*past)->reports())
    results.push_back(each->result);
  add_run(to, results);
  return true;
}

void draw(const graph_options& given, command_line& line) {
  auto what = prepare_choice(given.choice, line);
  if (!what)
    return;
  auto drawn = picture_of(*what->ctx->what);
  if (!given.run.empty() && !add_past(drawn, given, *what, line))
    return;
  line.say(given.format == "svg"       ? to_svg(drawn)
           : given.format == "mermaid" ? to_mermaid(drawn)
                                       : to_dot(drawn));
}

} // namespace

void add_graph(CLI::App& app, command_line& line) {
  auto given = std::make_shared<graph_options>();
  auto* command = app.add_subcommand("graph", "Draw what waits for what");
  command->footer(
    "Examples:\n"
    "  troupe graph site.json --format svg > site.svg\n"
    "  troupe graph site.json --format svg --run last > site.svg\n"
    "  troupe graph site.json | dot -Tsvg > site.svg");
  given->choice.add_plan_to(*command);
  option_list options;
  given->choice.add_options_to(options);
  given->choice.add_inventories_to(options);
  options.push_back({.names = "--format",
                     .help = "svg, for browsers; mermaid, for Markdown; dot, "
                             "for Graphviz, when not given",
                     .to = &given->format,
                     .choices = {"dot", "mermaid", "svg"}});
  options.push_back({.names = "--run",
                     .help = "Show how this run went (its id, the beginning of "
                             "it, or last) and its critical path",
                     .to = &given->run});
  given->state.add_to(options);
  add_options(*command, options);
  command->callback([given, &line] { draw(*given, line); });
}

} // namespace troupe
