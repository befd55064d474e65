#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/files/paths.hpp"

namespace troupe {

namespace {

class raw final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "raw",
      .summary = "Runs a command line as it is, with nothing taken from it.",
      .arguments
      = {{.name = "_raw_params",
          .summary = "The command line.",
          .required = true,
          .aliases = {"cmd"}},
         {.name = "executable",
          .type = arg_type::path,
          .summary = "The shell.",
          .fallback = "/bin/sh"},
         {.name = "timeout",
          .type = arg_type::duration,
          .summary = "Time after which it and all it started are ended."},
         {.name = "detach",
          .type = arg_type::boolean,
          .summary = "Let processes live on that it leaves behind.",
          .fallback = false}},
      .free_form = "_raw_params",
      .idempotent = false,
      .resource = {"command", {"_raw_params"}},
      .example = R"({"raw": "uname -a"})",
    };
    return instance;
  }

  module_result run(const arguments& given,
                    const module_context& ctx) const override {
    auto line = command_line_of(given);
    command_request request;
    request.shown = line;
    request.strip_empty_ends = false;
    request.process.argv
      = {path_argument(given, "executable", ctx), "-c", line};
    prepare_command(request, given, ctx);
    module_result out;
    if (!should_run(given, request, ctx, out))
      return out;
    return run_command(std::move(request), ctx);
  }
};

const register_module raw_registration{std::make_shared<raw>()};

} // namespace

} // namespace troupe
