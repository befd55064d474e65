#include "actors/cli/command_line.hpp"
#include "config/value/json.hpp"
#include "modules/module.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

void add_facts(CLI::App& app, command_line& line) {
  auto filters = std::make_shared<std::vector<std::string>>();
  auto* command
    = app.add_subcommand("facts", "Print the facts of this host as JSON");
  command->footer("Examples:\n"
                  "  troupe facts\n"
                  "  troupe facts --filter 'ansible_dist*'\n"
                  "  troupe facts -f distribution,kernel");
  command
    ->add_option("-f,--filter", *filters,
                 "Only facts whose names, with or without ansible_, match one "
                 "of these patterns")
    ->delimiter(',')
    ->allow_extra_args(false);
  command->callback([filters, &line] {
    auto setup = builtin_modules().find("setup");
    list wanted;
    for (auto& each : *filters)
      wanted.push_back(each);
    dict given;
    if (!wanted.empty())
      given.set("filter", std::move(wanted));
    auto args = check_arguments(setup->spec(), given);
    if (!args)
      return line.fail(exit_code::usage, args.why().message);
    auto found = setup->run(*args, module_context{.machine = *line.machine});
    for (auto& each : found.warnings)
      line.warn(each);
    if (found.failed)
      return line.fail(exit_code::tasks_failed, found.msg);
    if (found.facts.empty() && !filters->empty())
      line.warn(fmt::format("no fact has a name that matches {}",
                            fmt::join(*filters, ", ")));
    line.put(to_json(value{found.facts}, {.indent = 2, .sort_keys = true})
             + "\n");
  });
}

} // namespace troupe
