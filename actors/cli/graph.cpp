#include "actors/cli/picture.hpp"
#include "actors/cli/run_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace troupe {

namespace {

struct graph_options {
  plan_choice choice;
  state_options state;
  std::string format = "dot";
  std::string run;
};

/// "a, b, c and 7 more".
std::string few_of(const std::vector<std::string>& names) {
  constexpr size_t most = 10;
  auto shown = std::min(names.size(), most);
  auto out
    = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  return names.size() > most
           ? fmt::format("{} and {} more", out, names.size() - most)
           : out;
}

/// What a run made of tasks: on the host that was chosen, when there were
/// several. A picture has room for one.
result<std::vector<result_ptr>> results_of(const run_past& past,
                                           const std::string& chosen,
                                           const std::string& path,
                                           host& machine) {
  std::vector<result_ptr> out;
  std::vector<std::string> names;
  bool many = has_hosts(machine, path, past);
  bool found = false;
  for_each_journal(machine, path, past, [&](auto& each) {
    auto& name = each.header().host;
    // The run's own journal is no host's.
    if (many && &each == &past)
      return;
    names.push_back(name);
    bool meant
      = !many || name == chosen || (chosen.empty() && names.size() == 1);
    found = found || meant;
    if (meant)
      for (auto& report : each.reports())
        out.push_back(report->result);
  });
  auto& run = past.header().run;
  if (many && chosen.empty() && names.size() > 1)
    return error{errc::invalid_argument,
                 fmt::format("run {} was over several hosts, and a picture "
                             "shows one: choose it with --host ({})",
                             run, few_of(names))};
  if (many && !found && !names.empty())
    return error{errc::not_found,
                 fmt::format("run {} was not on the host '{}'; it was on {}",
                             run, chosen, few_of(names))};
  return out;
}

/// What tells the tasks of a plan from others, whoever plays them.
std::string_view tasks_in(std::string_view plan_hash) {
  return plan_hash.substr(0, plan_hash.find(" hosts:"));
}

/// Whether it was a run of this plan, as it is now or as it was.
bool is_run_of(const run_header& run, const prepared_run& what, host& machine) {
  if (tasks_in(run.plan_hash) == tasks_in(what.header.plan_hash))
    return true;
  auto& files = machine.files();
  // What was typed then may have been typed in another folder.
  auto* whole = run.options.find("plan");
  auto then = files.real_path(whole && whole->is_text() ? whole->as_string()
                                                        : run.source);
  auto now = files.real_path(what.header.source);
  return then && now && *then == *now;
}

/// The newest run of this plan; empty: there is none.
std::string newest_run_of(const prepared_run& what, const std::string& state,
                          host& machine) {
  auto runs = list_runs(machine, state);
  for (auto i = runs.rbegin(); i != runs.rend(); ++i) {
    auto past = look_at_run(state, *i);
    if (past && is_run_of((*past)->header(), what, machine))
      return *i;
  }
  return {};
}

/// The run that is meant by its name.
result<std::string> chosen_run(const graph_options& given,
                               const prepared_run& what,
                               const std::string& state, host& machine) {
  if (given.run == "last")
    if (auto newest = newest_run_of(what, state, machine); !newest.empty())
      return newest;
  return find_run(machine, state, given.run);
}

std::string other_plan(const std::string& run, const run_header& header,
                       const graph_options& given, host& machine) {
  auto listing = "troupe runs" + given.state.argument(machine);
  return given.run == "last"
           ? fmt::format("there is no run of this plan: the last one, {}, was "
                         "of '{}' ({} lists all)",
                         run, header.source, listing)
           : fmt::format("run {} was not of this plan but of '{}': choose one "
                         "of this plan ({} lists all)",
                         run, header.source, listing);
}

/// Adds what a run made of the plan; false after saying why it cannot.
bool add_past(picture& to, const graph_options& given, const prepared_run& what,
              command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto run = chosen_run(given, what, path, machine);
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
  if (!is_run_of(header, what, machine)) {
    line.fail(exit_code::usage, other_plan(*run, header, given, machine));
    return false;
  }
  if (tasks_in(header.plan_hash) != tasks_in(what.header.plan_hash))
    line.warn(fmt::format("run {} was not of these tasks: of '{}'", *run,
                          header.source));
  auto results = results_of(**past, given.choice.host, path, machine);
  if (!results) {
    line.fail(exit_code::usage, results.why().message);
    return false;
  }
  add_run(to, *results);
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
    "  troupe graph site.yml -i hosts.ini --run last --host web1 > web1.dot\n"
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
