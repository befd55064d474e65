#include "actors/remote/call_server.hpp"
#include "actors/runner/packed_runner.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/utf8.hpp"
#include "platform/allocator.hpp"
#include "platform/engine_mark.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>

#include <exception>

namespace troupe {

namespace {

int run_runner(int argc, char** argv) {
  // The folder in which it is started is any folder.
  chosen_settings_file none{{}};
  command_line line;
  line.machine = make_real_host();
  line.out = std::make_shared<output>(output::stream::out);
  line.err = std::make_shared<output>(output::stream::err);
  runner_options given;
  option_list options;
  add_runner_options(options, given, line);
  auto read = read_options(
    {argv + 1, argv + argc}, options,
    [&](std::string_view name) { return line.machine->variable(name); });
  if (!read) {
    line.fail(exit_code::usage, read.why().message + " (see --help)");
    return static_cast<int>(line.code);
  }
  if (given.help || given.version) {
    static constexpr auto mark = engine_mark::joined();
    line.say(given.version
               ? fmt::format("troupe-runner " TROUPE_VERSION ", {}\n",
                             std::string_view{mark.data(), mark.size()})
               : "Runs the plan that is packed into this file.\n\n"
                   + describe_options(options));
    return static_cast<int>(line.end());
  }
  auto path = own_executable();
  if (!path)
    line.fail(exit_code::internal, path.why().message);
  else
    use_runner(*path, given, line);
  return static_cast<int>(line.end());
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  troupe::hold_standard_streams();
  troupe::share_memory_where_limited();
  std::set_terminate(troupe::end_on_lost_exception);
  troupe::take_write_limit_as_error();
  try {
    if (troupe::serves_calls(argc, argv))
      return troupe::serve_calls();
    return troupe::run_runner(argc, argv);
  } catch (const std::exception& problem) {
    auto end = troupe::explain_end(problem);
    troupe::output{troupe::output::stream::err}.write(
      troupe::terminal_safe("troupe: " + end.sentence + "\n"));
    return static_cast<int>(end.code);
  }
}
