#include "actors/cli/command_line.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/module.hpp"
#include "modules/support/plan/absent_modules.hpp"

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

std::string describe(const module_spec& spec) {
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
  return text;
}

} // namespace

std::string explain_module(std::string_view name) {
  auto found = builtin_modules().find(name);
  return found ? describe(found->spec()) : std::string{};
}

void add_modules(CLI::App& app, command_line& line) {
  auto name = std::make_shared<std::string>();
  auto* command
    = app.add_subcommand("modules", "List the modules, or explain one of them");
  command->footer("Examples:\n  troupe modules\n  troupe modules copy");
  command->add_option("NAME", *name, "The module to explain");
  command->callback([name, &line] {
    auto& known = builtin_modules();
    if (name->empty()) {
      for (auto& each : known.all())
        line.say(
          fmt::format("{:<16} {}\n", each->spec().name, each->spec().summary));
      return;
    }
    if (auto text = explain_module(*name); !text.empty())
      return line.say(text);
    line.fail(exit_code::usage, absent_module(*name, known.nearest(*name)));
  });
}

} // namespace troupe
