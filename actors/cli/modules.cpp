#include "actors/cli/command_line.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/module.hpp"
#include "modules/support/plan/absent_modules.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

const char* name_of(arg_type type) {
  switch (type) {
  case arg_type::str:
  case arg_type::pattern:
    return "text";
  case arg_type::boolean:
    return "bool";
  case arg_type::integer:
    return "integer";
  case arg_type::real:
    return "number";
  case arg_type::list:
    return "list";
  case arg_type::dict:
    return "object";
  case arg_type::path:
    return "path";
  case arg_type::raw:
    return "anything";
  case arg_type::mode:
    return "mode";
  case arg_type::duration:
    return "duration";
  }
  return "text";
}

std::string describe(const argument& arg) {
  auto text
    = fmt::format("  {} ({}{})\n      {}\n", arg.name, name_of(arg.type),
                  arg.required ? ", required" : "", arg.summary);
  if (!arg.fallback.is_null())
    text += fmt::format("      default: {}\n", to_json(arg.fallback));
  if (!arg.choices.empty())
    text += fmt::format(
      "      one of: {}\n",
      terminal_line(fmt::format("{}", fmt::join(arg.choices, ", "))));
  if (!arg.aliases.empty())
    text += fmt::format("      also: {}\n", fmt::join(arg.aliases, ", "));
  return text;
}

std::string describe(const module_remarks& remarks) {
  std::string text;
  if (!remarks.returned.empty() || !remarks.about_returned.empty())
    text += "\nreturns:\n";
  for (auto& [names, meaning] : remarks.returned)
    text += fmt::format("  {}\n      {}\n", names, meaning);
  if (!remarks.about_returned.empty())
    text += "  " + remarks.about_returned + "\n";
  if (!remarks.differences.empty())
    text += "\ndifferences from Ansible:\n";
  for (auto& each : remarks.differences)
    text += fmt::format("  - {}\n", each);
  return text;
}

std::string describe(const module_spec& spec, const module_remarks& remarks) {
  auto text = fmt::format("{}: {}\n", spec.name, spec.summary);
  if (!spec.aliases.empty())
    text += fmt::format("also called: {}\n", fmt::join(spec.aliases, ", "));
  text += "\narguments:\n";
  for (auto& each : spec.arguments)
    text += describe(each);
  if (spec.any_arguments)
    text += "  ... and any others\n";
  if (!spec.example.empty())
    text += fmt::format("\nexample:\n  {}\n", spec.example);
  return text + describe(remarks);
}

module_remarks remarks_of(std::string_view module,
                          std::span<const doc_page> pages) {
  auto* page = find_page(pages, fmt::format("modules/{}", module));
  return page ? read_remarks(page->text) : module_remarks{};
}

list texts(const std::vector<std::string_view>& from) {
  list out;
  for (auto each : from)
    out.push_back(value{each});
  return out;
}

value as_data(const argument& arg) {
  return dict{{"name", arg.name},
              {"type", name_of(arg.type)},
              {"summary", arg.summary},
              {"required", arg.required},
              {"default", arg.fallback},
              {"choices", texts(arg.choices)},
              {"aliases", texts(arg.aliases)}};
}

value as_data(const module_spec& spec, const module_remarks& remarks) {
  list arguments;
  for (auto& each : spec.arguments)
    arguments.push_back(as_data(each));
  list returned;
  for (auto& [names, meaning] : remarks.returned)
    returned.push_back(dict{{"names", names}, {"summary", meaning}});
  list differences;
  for (auto& each : remarks.differences)
    differences.push_back(value{each});
  return dict{{"name", spec.name},
              {"summary", spec.summary},
              {"aliases", texts(spec.aliases)},
              {"arguments", std::move(arguments)},
              {"any_arguments", spec.any_arguments},
              {"idempotent", spec.idempotent},
              {"returned", std::move(returned)},
              {"about_returned", remarks.about_returned},
              {"differences", std::move(differences)},
              {"example", spec.example}};
}

/// Those that a plan in this folder would find.
std::vector<custom_module> own_modules(host& machine) {
  return custom_modules_in(module_folders_beside("."), machine);
}

std::string_view shown(const custom_module& own) {
  std::string_view path = own.path;
  constexpr std::string_view here = "./";
  return path.starts_with(here) ? path.substr(here.size()) : path;
}

std::string summary_of(const custom_module& own) {
  return fmt::format("A program of one's own: {}.", shown(own));
}

value as_data(const custom_module& own) {
  return dict{
    {"name", own.name}, {"summary", summary_of(own)}, {"path", shown(own)}};
}

value all_as_data(host& machine) {
  list out;
  for (auto& each : builtin_modules().all())
    out.push_back(
      dict{{"name", each->spec().name}, {"summary", each->spec().summary}});
  for (auto& each : own_modules(machine))
    out.push_back(as_data(each));
  return out;
}

void list_modules(command_line& line) {
  auto row = [&](std::string_view name, std::string_view summary) {
    line.say_in_lines(fmt::format("{:<16} {}\n", name, summary));
  };
  for (auto& each : builtin_modules().all())
    row(each->spec().name, each->spec().summary);
  for (auto& each : own_modules(*line.machine))
    row(terminal_line(each.name), terminal_line(summary_of(each)));
}

/// False: there is no module of one's own of this name.
bool tell_own_module(const std::string& name, bool json, command_line& line) {
  auto path
    = find_custom_module(name, module_folders_beside("."), *line.machine);
  if (path.empty())
    return false;
  custom_module own{name, std::move(path)};
  if (json)
    line.put(to_json(as_data(own)) + "\n");
  else
    line.say_in_lines(fmt::format(
      "{}: {}\n\nIt takes the arguments that it knows itself; 'troupe help "
      "writing-a-module' says how such programs are called.\n",
      terminal_line(name), terminal_line(summary_of(own))));
  return true;
}

} // namespace

std::string explain_module(std::string_view name,
                           std::span<const doc_page> pages) {
  auto found = builtin_modules().find(name);
  return found ? describe(found->spec(), remarks_of(found->spec().name, pages))
               : std::string{};
}

namespace {

void tell_modules(const std::string& name, bool json, command_line& line) {
  auto& known = builtin_modules();
  if (name.empty() && json)
    return line.put(to_json(all_as_data(*line.machine)) + "\n");
  if (name.empty())
    return list_modules(line);
  auto found = known.find(name);
  if (!found && tell_own_module(name, json, line))
    return;
  if (!found)
    return line.fail(exit_code::usage,
                     absent_module(name, known.nearest(name)));
  if (!json)
    return line.say_in_lines(explain_module(name, line.pages));
  auto& spec = found->spec();
  line.put(to_json(as_data(spec, remarks_of(spec.name, line.pages))) + "\n");
}

} // namespace

void add_modules(CLI::App& app, command_line& line) {
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  auto* command
    = app.add_subcommand("modules", "List the modules, or explain one of them");
  command->footer("Examples:\n"
                  "  troupe modules\n"
                  "  troupe modules copy\n"
                  "  troupe modules copy --json");
  command->add_option("NAME", *name, "The module to explain");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([name, json, &line] { tell_modules(*name, *json, line); });
}

} // namespace troupe
