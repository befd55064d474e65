#include "actors/runner/packed_runner.hpp"

#include <exception>

namespace troupe {

namespace {

int run_runner(int argc, char** argv) {
  command_line line;
  line.machine = make_real_host();
  line.out = std::make_shared<output>(output::stream::out);
  line.err = std::make_shared<output>(output::stream::err);
  CLI::App app{"Runs the plan that is packed into this file"};
  runner_options given;
  add_runner_options(app, given, line);
  app.set_version_flag("--version", "troupe-runner " TROUPE_VERSION);
  app.failure_message(
    [](const CLI::App*, const CLI::Error&) { return std::string{}; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    // Help and version end here as well, with code 0.
    if (problem.get_exit_code() == 0)
      return app.exit(problem);
    line.fail(exit_code::usage, std::string{problem.what()} + " (see --help)");
    return static_cast<int>(line.code);
  }
  auto path = own_executable();
  if (!path)
    line.fail(exit_code::internal, path.why().message);
  else
    use_runner(*path, given, line);
  return static_cast<int>(line.code);
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  try {
    return troupe::run_runner(argc, argv);
  } catch (const std::exception& problem) {
    troupe::output{troupe::output::stream::err}.write(
      std::string{"troupe: this is a bug: "} + problem.what() + "\n");
  }
  return static_cast<int>(troupe::exit_code::internal);
}
