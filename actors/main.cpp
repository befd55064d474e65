#include "actors/cli/command_line.hpp"
#include "config/value/nearest.hpp"
#include "config/value/utf8.hpp"
#include "platform/signals.hpp"

#include <algorithm>
#include <exception>
#include <sstream>

namespace troupe {

namespace {

/// What CLI11 says of wrong usage, with the nearest right word.
std::string explain(const CLI::App& app, const CLI::ParseError& problem,
                    const char* given) {
  std::string message = problem.what();
  std::vector<std::string> names;
  for (auto* each : app.get_subcommands({}))
    names.push_back(each->get_name());
  bool known
    = given && std::find(names.begin(), names.end(), given) != names.end();
  if (given && given[0] != '-' && !known)
    message = "unknown command '" + std::string{given} + "'"
              + did_you_mean(given, names);
  return message + " (see troupe --help)";
}

int run_command(int argc, char** argv) {
  command_line line;
  line.machine = make_real_host();
  line.out = std::make_shared<output>(output::stream::out);
  line.err = std::make_shared<output>(output::stream::err);
  CLI::App app{"Runs automation plans on this host", "troupe"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.failure_message(
    [](const CLI::App*, const CLI::Error&) { return std::string{}; });
  for (auto add : commands())
    add(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    // Help and version end here as well, with code 0.
    std::ostringstream help;
    if (problem.get_exit_code() == 0 && app.exit(problem, help, help) == 0)
      line.put(help.str());
    else
      line.fail(exit_code::usage,
                explain(app, problem, argc > 1 ? argv[1] : nullptr));
  }
  return static_cast<int>(line.end());
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  std::set_terminate(troupe::end_on_lost_exception);
  troupe::take_write_limit_as_error();
  try {
    return troupe::run_command(argc, argv);
  } catch (const std::exception& problem) {
    auto end = troupe::explain_end(problem);
    troupe::output{troupe::output::stream::err}.write(
      troupe::terminal_safe("troupe: " + end.sentence + "\n"));
    return static_cast<int>(end.code);
  }
}
