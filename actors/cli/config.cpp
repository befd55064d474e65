#include "actors/cli/command_line.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct config_options {
  std::string plan;
  std::string config_file;
  bool origin = false;
};

void show(const config_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto settings = read_settings(machine, given.config_file);
  if (!settings)
    return line.fail(exit_code::invalid_plan, settings.why().message);
  if (!given.plan.empty()) {
    auto text = read_plan_text(machine, given.plan,
                               settings->current().plan_size_limit);
    if (!text)
      return line.fail(exit_code::invalid_plan, text.why().message);
    auto document
      = parse_plan(text->text, text->source, limits_of(settings->current()));
    if (!document)
      return line.fail(exit_code::invalid_plan, document.why().message);
    problems found;
    // A playbook carries no settings.
    auto p = is_playbook(*document)
               ? plan{}
               : read_plan(*document, text->source, {}, found);
    settings->apply(p.settings, setting_origin::plan, text->source, found);
    if (!found.empty()) {
      line.code = exit_code::invalid_plan;
      line.tell(format_problems(found, text->source, text->text));
      return;
    }
  }
  for (auto& each : settings->lines()) {
    line.say(fmt::format("{:<22} {}", each.name, each.value));
    if (given.origin)
      line.say(fmt::format("   # {}{}", to_string(each.origin),
                           each.where.empty() ? "" : " (" + each.where + ")"));
    line.say("\n");
  }
}

} // namespace

void add_config(CLI::App& app, command_line& line) {
  auto given = std::make_shared<config_options>();
  auto* command
    = app.add_subcommand("config", "Print the settings that a run would have");
  command->footer("Example:\n  troupe config --origin site.json");
  command->add_option("PLAN", given->plan, "Include what this plan sets");
  command
    ->add_option("--config", given->config_file,
                 "Settings to use instead of /etc/troupe/config.json")
    ->check(not_empty());
  command->add_flag("--origin", given->origin,
                    "Say where each value comes from");
  command->callback([given, &line] { show(*given, line); });
}

} // namespace troupe
