#include "actors/cli/command_line.hpp"
#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "modules/support/arguments/template_names.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct template_options {
  std::string input;
  std::vector<std::string> extra_vars;
  bool facts = false;
};

/// The names that a template on the command line sees.
std::optional<dict> read_names(const template_options& given,
                               command_line& line) {
  dict names;
  if (given.facts) {
    auto setup = builtin_modules().find("setup");
    auto args = check_arguments(setup->spec(), {});
    if (!args) {
      line.fail(exit_code::internal, args.why().message);
      return std::nullopt;
    }
    auto found = setup->run(*args, module_context{.machine = *line.machine});
    for (auto& [key, x] : found.facts)
      names.set(key, x.marked_unsafe());
  }
  auto vars = read_extra_vars(*line.machine, given.extra_vars);
  if (!vars) {
    line.fail(exit_code::usage, vars.why().message);
    return std::nullopt;
  }
  for (auto& [key, x] : *vars)
    names.set(key, x);
  return names;
}

void add_template_options(CLI::App& command, template_options& given) {
  command
    .add_option("-e,--extra-vars", given.extra_vars,
                "KEY=VALUE, JSON, or @FILE with JSON or YAML")
    ->allow_extra_args(false);
  command.add_flag("--facts", given.facts, "Collect the facts of this host");
}

void render(const template_options& given, command_line& line) {
  auto text = read_plan_text(*line.machine, given.input);
  if (!text)
    return line.fail(exit_code::usage, text.why().message);
  auto names = read_names(given, line);
  if (!names)
    return;
  auto slash = text->source.rfind('/');
  language_options options;
  options.machine = line.machine;
  options.search_path
    = {slash == std::string::npos ? "." : text->source.substr(0, slash), "."};
  language templates{std::move(options)};
  dict_variables given_names{*names};
  module_context around{.machine = *line.machine};
  template_names all{given_names, text->source, text->source, "", around};
  auto got = templates.render(text->text, text->source, all);
  if (!got)
    return line.fail(exit_code::tasks_failed,
                     fmt::format("{}: {}", text->source, got.why().message));
  line.put(*got);
}

void evaluate(const template_options& given, command_line& line) {
  auto names = read_names(given, line);
  if (!names)
    return;
  language_options options;
  options.machine = line.machine;
  language templates{std::move(options)};
  auto got = templates.expression(given.input, dict_variables{*names});
  if (!got)
    return line.fail(exit_code::tasks_failed, got.why().message);
  if (got->is_undefined())
    return line.fail(exit_code::tasks_failed, got->as_undefined().words());
  line.put(to_json(*got, {.indent = 2}) + "\n");
}

} // namespace

void add_template(CLI::App& app, command_line& line) {
  auto given = std::make_shared<template_options>();
  auto* command
    = app.add_subcommand("template", "Render a template and print the result");
  command->footer("Example:\n  troupe template motd.j2 -e greeting=hello "
                  "--facts");
  command
    ->add_option("FILE", given->input, "The template, or - for standard input")
    ->required();
  add_template_options(*command, *given);
  command->callback([given, &line] { render(*given, line); });
}

void add_eval(CLI::App& app, command_line& line) {
  auto given = std::make_shared<template_options>();
  auto* command = app.add_subcommand(
    "eval", "Evaluate an expression and print its value as JSON");
  command->footer("Example:\n  troupe eval 'range(5) | map(\"pow\", 2) | sum'");
  command->add_option("EXPRESSION", given->input, "The expression")->required();
  add_template_options(*command, *given);
  command->callback([given, &line] { evaluate(*given, line); });
}

} // namespace troupe
