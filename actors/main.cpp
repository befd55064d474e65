#include "actors/cli/ansible_playbook.hpp"
#include "actors/cli/command_line.hpp"
#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/cli/usage.hpp"
#include "actors/remote/call_server.hpp"
#include "config/value/utf8.hpp"
#include "platform/allocator.hpp"
#include "platform/signals.hpp"

#include <exception>
#include <sstream>

namespace troupe {

namespace {

/// Adds the subcommand that `asked` names, or all of them. All options of all
/// commands are a fifth of what a start costs, and only help and shells' lists
/// tell of other commands than the one that is asked for.
void add_commands(CLI::App& app, command_line& line, std::string_view asked) {
  bool tells_of_all = asked == "help" || asked == "completion";
  for (auto table : {commands(), fleet_commands()})
    for (auto& each : table)
      if (each.name == asked && !tells_of_all)
        return each.add(app, line);
  for (auto table : {commands(), fleet_commands()})
    for (auto& each : table)
      each.add(app, line);
}

int run_command(int argc, char** argv) {
  command_line line;
  line.machine = make_real_host();
  line.out = std::make_shared<output>(output::stream::out);
  line.err = std::make_shared<output>(output::stream::err);
  line.pages = doc_pages();
  if (is_ansible_playbook(argc > 0 ? argv[0] : nullptr))
    return run_as_ansible_playbook(argc, argv, line);
  CLI::App app{"Runs plans and playbooks, on this host and on others",
               "troupe"};
  app.formatter(make_help_format(*line.out));
  app.require_subcommand(1);
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.failure_message(
    [](const CLI::App*, const CLI::Error&) { return std::string{}; });
  add_commands(app, line, argc > 1 ? argv[1] : "");
  if (argc == 1) {
    line.tell(app.help());
    return static_cast<int>(exit_code::usage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    // Help and version end here as well, with code 0.
    std::ostringstream help;
    if (problem.get_exit_code() == 0 && app.exit(problem, help, help) == 0)
      line.say_in_lines(help.str());
    else
      line.fail(exit_code::usage, explain_usage(app, problem, *line.machine));
  }
  return static_cast<int>(line.end());
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  troupe::hold_standard_streams();
  troupe::share_memory_where_limited();
  std::set_terminate(troupe::end_on_lost_exception);
  troupe::take_write_limit_as_error();
  troupe::outlive_report_requests();
  try {
    if (troupe::serves_calls(argc, argv))
      return troupe::serve_calls();
    return troupe::run_command(argc, argv);
  } catch (const std::exception& problem) {
    auto end = troupe::explain_end(problem);
    troupe::output{troupe::output::stream::err}.write(
      troupe::terminal_safe("troupe: " + end.sentence + "\n"));
    return static_cast<int>(end.code);
  }
}
