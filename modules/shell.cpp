#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/files/paths.hpp"

namespace troupe {

namespace {

class shell final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "shell",
      .summary = "Runs a command line in a shell.",
      .arguments = with_command_arguments({
        {.name = "_raw_params",
         .summary = "The command line; options may stand in it (`ls "
                    "chdir=/tmp`)."},
        {.name = "cmd", .summary = "The command line."},
        {.name = "executable",
         .type = arg_type::path,
         .summary = "The shell.",
         .fallback = "/bin/sh"},
        {.name = "stdin", .summary = "Text for its standard input."},
        {.name = "stdin_add_newline",
         .type = arg_type::boolean,
         .summary = "End that text with a line end.",
         .fallback = true},
        {.name = "strip_empty_ends",
         .type = arg_type::boolean,
         .summary = "Cut line ends off the end of the output.",
         .fallback = true},
      }),
      .free_form = "_raw_params",
      .mutually_exclusive = {{"_raw_params", "cmd"}},
      .required_one_of = {{"_raw_params", "cmd"}},
      .idempotent = false,
      .resource = {"command", {"cmd", "_raw_params"}},
      .example = R"({"shell": {"cmd": "ls /tmp | wc -l"}})",
    };
    return instance;
  }

  module_result run(const arguments& given,
                    const module_context& ctx) const override {
    auto line = command_line_of(given);
    if (line.empty())
      return module_result::failure(errc::missing_argument,
                                    "there is no command to run");
    command_request request;
    request.shown = line;
    request.process.argv
      = {path_argument(given, "executable", ctx), "-c", line};
    prepare_command(request, given, ctx);
    module_result out;
    if (!should_run(given, request, ctx, out))
      return out;
    return run_command(std::move(request), ctx);
  }
};

const register_module shell_registration{std::make_shared<shell>()};

} // namespace

} // namespace troupe
