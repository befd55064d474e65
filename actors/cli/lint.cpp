#include "actors/lint/lint.hpp"

#include "actors/cli/command_line.hpp"
#include "actors/cli/run_plan.hpp"
#include "config/value/json.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct lint_options {
  plan_choice choice;
  std::vector<std::string> plans;
  lint_choice rules;
  bool json = false;
};

std::string json_line(const lint_finding& x, const lint_plan& p) {
  auto& place = x.place;
  dict out{{"rule", x.rule},
           {"file", place.file ? p.shown(*place.file) : p.ctx.what->shown_as},
           {"line", static_cast<int64_t>(place.at.line)},
           {"column", static_cast<int64_t>(place.at.column)},
           {"message", x.what.message}};
  return to_json(value{std::move(out)}) + "\n";
}

std::string summary(size_t count, const lint_plan& p) {
  auto& name = p.ctx.what->shown_as;
  if (count == 0)
    return fmt::format("{}: nothing found in {} task{}\n", name, p.tasks.size(),
                       p.tasks.size() == 1 ? "" : "s");
  return fmt::format("{}: {} finding{}\n", name, count, count == 1 ? "" : "s");
}

/// Secrets are names that the run gets; what they are is nothing to lint.
plan_choice with_names(plan_choice choice) {
  for (auto& each : choice.secrets)
    choice.extra_vars.push_back(each.substr(0, each.find('=')) + "=secret");
  return choice;
}

/// Sentences in lines of the terminal; what is shown of a file stays as it is.
void say_finding(const std::string& text, command_line& line) {
  auto safe = terminal_safe(text);
  line.put(line.out->is_terminal()
             ? sentences_in_columns(safe, line.out->terminal_size().columns)
             : safe);
}

void lint_one(const lint_options& given, command_line& line) {
  std::string text;
  auto what = prepare_choice(with_names(given.choice), line, &text);
  if (!what)
    return;
  for (auto& each : what->warnings)
    line.warn(each);
  warn_of_misspelt_settings(*what, line);
  auto to_come = what->foreseen;
  to_come.insert(to_come.end(), what->unheard.begin(), what->unheard.end());
  lint_plan p{*what->ctx, text, std::move(to_come), what->hosts.get()};
  auto found = lint(p, given.rules);
  for (auto& each : found.notes)
    line.warn(each);
  for (auto& each : found.findings)
    if (given.json)
      line.put(json_line(each, p));
    else
      say_finding(format_finding(each, p), line);
  if (!given.json)
    line.say(summary(found.findings.size(), p));
  if (!found.findings.empty() && line.code == exit_code::ok)
    line.code = exit_code::tasks_failed;
}

std::string footer() {
  std::string out = "Rules:\n";
  for (auto& each : lint_rules())
    out += fmt::format("  {:<26} {}{}\n", each.id, each.summary,
                       each.strict ? " (--strict)" : "");
  return out
         + "\nExamples:\n"
           "  troupe lint site.json\n"
           "  troupe lint *.yml --strict --skip unnamed-task,missing-mode";
}

} // namespace

void add_lint(CLI::App& app, command_line& line) {
  auto given = std::make_shared<lint_options>();
  auto* command = app.add_subcommand(
    "lint", "Say what in plans is legal and probably wrong");
  command->footer(footer());
  command
    ->add_option("PLAN", given->plans,
                 "Plans: JSON or YAML files, or - for "
                 "standard input")
    ->required();
  option_list options;
  given->choice.add_options_to(options);
  given->choice.add_inventories_to(options);
  options.push_back({.names = "--secret",
                     .help = "NAME=SOURCE, as the run gets it; it is not read",
                     .to = &given->choice.secrets});
  options.push_back({.names = "--skip",
                     .help = "Leave out these rules",
                     .to = &given->rules.skip,
                     .comma = true});
  options.push_back({.names = "--strict",
                     .help = "Also what is a matter of taste",
                     .to = &given->rules.strict});
  options.push_back({.names = "--json",
                     .help = "Print each finding as an object of JSON",
                     .to = &given->json});
  add_options(*command, options);
  // The names stand below; in the line of the option they are too many.
  command->get_option("--skip")
    ->check(one_of(lint_rule_names()).description(""))
    ->type_name("RULE");
  command->callback([given, &line] {
    for (auto& each : given->plans) {
      given->choice.plan = each;
      lint_one(*given, line);
    }
  });
}

} // namespace troupe
