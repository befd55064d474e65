#include "actors/cli/command_line.hpp"
#include "config/value/nearest.hpp"
#include "modules/module.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

void explain_topic(const CLI::App& app, const std::string& topic,
                   command_line& line) {
  // A page may have the name of a command or of a module.
  constexpr std::string_view pages = "docs/";
  if (topic.starts_with(pages))
    if (auto* page = find_page(line.pages, topic.substr(pages.size())))
      return line.say_in_lines(page->text);
  std::vector<std::string> names;
  for (auto* each : app.get_subcommands({})) {
    if (each->get_name() == topic)
      return line.say_in_lines(each->help(app.get_name()));
    names.push_back(each->get_name());
  }
  if (auto text = explain_module(topic, line.pages); !text.empty())
    return line.say_in_lines(text);
  if (auto* page = find_page(line.pages, topic))
    return line.say_in_lines(page->text);
  for (auto& each : line.pages)
    if (each.name.find('/') == std::string_view::npos)
      names.emplace_back(each.name);
  for (auto& each : builtin_modules().all())
    names.emplace_back(each->spec().name);
  line.fail(exit_code::usage,
            fmt::format("there is no command, module or page '{}'{}", topic,
                        did_you_mean(topic, names)));
}

} // namespace

void add_help(CLI::App& app, command_line& line) {
  auto topic = std::make_shared<std::string>();
  auto* command = app.add_subcommand(
    "help", "Explain a command or a module, or show a page");
  command->footer("Examples:\n"
                  "  troupe help\n"
                  "  troupe help run\n"
                  "  troupe help copy\n"
                  "  troupe help cookbook");
  command->add_option(
    "TOPIC", *topic,
    "A command, a module, or a page of the documents: plan-format, "
    "tutorial, ... (README lists them); docs/NAME is always the page");
  command->callback([topic, &app, &line] {
    if (topic->empty())
      // app.help() would be about the command that runs.
      line.say_in_lines(app.get_formatter()->make_help(
        &app, app.get_name(), CLI::AppFormatMode::Normal));
    else
      explain_topic(app, *topic, line);
  });
}

} // namespace troupe
