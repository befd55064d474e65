#include "actors/cli/command_line.hpp"
#include "actors/cli/host_options.hpp"
#include "config/language/language.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/merged_names.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/vault_sources.hpp"
#include "modules/support/arguments/template_names.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct template_options {
  std::string input;
  std::vector<std::string> extra_vars;
  std::vector<std::string> inventories;
  std::string host;
  vault_options secrets;
  bool facts = false;
};

/// The host of an inventory whose variables are meant.
result<std::string> chosen_host(const std::string& name, playbook_hosts& of) {
  auto found = of.chosen({name});
  if (!found)
    return found.why();
  if (found->size() == 1)
    return found->front();
  auto all = of.chosen({"all"});
  return error{errc::invalid_argument,
               found->empty()
                 ? "--host: " + unknown_name("host", name, all ? *all : *found)
                 : fmt::format("--host: '{}' stands for {} hosts, not for one",
                               name, found->size())};
}

/// What the hosts of an inventory have, seen from one of them.
result<dict> names_of_host(const template_options& given,
                           std::shared_ptr<const vault> passwords,
                           command_line& line) {
  auto settings = ansible_settings::read(*line.machine);
  if (!settings)
    return settings.why();
  host_options from;
  from.inventories = given.inventories;
  from.always = true;
  from.ansible = *settings;
  auto hosts = from.read(line.machine, std::move(passwords));
  if (!hosts)
    return hosts.why();
  auto name = chosen_host(given.host, **hosts);
  auto all = name ? (*hosts)->chosen({"all"}) : name.why();
  if (!all)
    return all.why();
  auto folder = line.machine->files().working_folder();
  auto merged = [&](const std::string& of) -> result<dict> {
    auto levels = (*hosts)->names_of(of, folder);
    if (!levels)
      return levels.why();
    dict out;
    for (auto& each : *levels)
      put_names(out, each, (*settings)->merges());
    return out;
  };
  auto out = merged(*name);
  if (!out)
    return out.why();
  dict hostvars;
  for (auto& each : *all) {
    auto theirs = merged(each);
    if (!theirs)
      return theirs.why();
    hostvars.set(each, std::move(*theirs));
  }
  out->set("groups", (*hosts)->groups());
  out->set("hostvars", std::move(hostvars));
  for (auto& each : (*hosts)->take_warnings())
    line.warn(each);
  return out;
}

/// The names that a template on the command line sees.
std::optional<dict> read_names(const template_options& given,
                               const std::shared_ptr<const vault>& passwords,
                               command_line& line) {
  dict names;
  if (!given.host.empty()) {
    auto found = names_of_host(given, passwords, line);
    if (!found) {
      line.fail(found.why().code == errc::invalid_argument
                  ? exit_code::usage
                  : exit_code::invalid_plan,
                found.why().message);
      return std::nullopt;
    }
    names = std::move(*found);
  } else if (!given.inventories.empty()) {
    line.fail(exit_code::usage, "-i gives variables to hosts: say with --host "
                                "which of them is meant");
    return std::nullopt;
  }
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
  command
    .add_option("-i,--inventory", given.inventories,
                "File, folder or program of hosts, or HOST,HOST; with --host")
    ->allow_extra_args(false);
  command.add_option("--host", given.host,
                     "Whose variables of the inventory count");
  option_list options;
  given.secrets.add_to(options);
  add_options(command, options);
}

/// What a template on the command line is worked out with; nothing after it was
/// told what is wrong.
struct template_setting {
  dict names;
  language_options options;
};

std::optional<template_setting> read_setting(const template_options& given,
                                             command_line& line) {
  auto passwords = read_vault(given.secrets, *line.machine);
  if (!passwords) {
    line.fail(exit_code::usage, passwords.why().message);
    return std::nullopt;
  }
  auto names = read_names(given, *passwords, line);
  if (!names)
    return std::nullopt;
  template_setting out{std::move(*names), {}};
  out.options.machine = line.machine;
  out.options.secrets = *passwords;
  return out;
}

void render(const template_options& given, command_line& line) {
  auto text = read_plan_text(*line.machine, given.input);
  if (!text)
    return line.fail(exit_code::usage, text.why().message);
  auto with = read_setting(given, line);
  if (!with)
    return;
  auto slash = text->source.rfind('/');
  with->options.search_path
    = {slash == std::string::npos ? "." : text->source.substr(0, slash), "."};
  language templates{std::move(with->options)};
  dict_variables given_names{std::move(with->names)};
  module_context around{.machine = *line.machine};
  template_names all{given_names, text->source, text->source, "", around};
  auto got = templates.render(text->text, text->source, all);
  if (!got)
    return line.fail(exit_code::tasks_failed,
                     fmt::format("{}: {}", text->source, got.why().message));
  line.put(*got);
}

void evaluate(const template_options& given, command_line& line) {
  auto with = read_setting(given, line);
  if (!with)
    return;
  language templates{std::move(with->options)};
  auto got
    = templates.expression(given.input, dict_variables{std::move(with->names)});
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
