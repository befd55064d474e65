#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

class command final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "command",
      .summary = "Runs a program, without a shell.",
      .arguments = with_command_arguments({
        {.name = "_raw_params",
         .summary = "The command line; options may stand in it (`ls "
                    "chdir=/tmp`)."},
        {.name = "cmd", .summary = "The command line."},
        {.name = "argv",
         .type = arg_type::list,
         .summary = "Program and arguments, each as it is."},
        {.name = "executable",
         .summary = "Without effect, with a warning: no shell runs it."},
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
      .required_one_of = {{"_raw_params", "cmd", "argv"}},
      .idempotent = false,
      .resource = {"command", {"cmd", "_raw_params", "argv"}},
      .example = R"({"command": {"argv": ["ls", "/tmp"]}})",
    };
    return instance;
  }

  module_result run(const arguments& given,
                    const module_context& ctx) const override {
    bool line = !given.text("_raw_params").empty() || given.has("cmd");
    if (line && !given.texts("argv").empty())
      return refused("only command or argv can be given, not both");
    auto words = words_of(given);
    if (!words)
      return module_result::failure(words.why());
    auto& argv = *words;
    if (argv.empty())
      return refused("no command given");
    command_request request;
    list shown;
    for (auto& word : argv) {
      shown.push_back(word);
      request.process.argv.push_back(expand_path(word, ctx));
    }
    request.shown = std::move(shown);
    prepare_command(request, given, ctx);
    module_result out;
    if (!should_run(given, request, ctx, out))
      return out;
    auto sign = shell_sign(request.process.argv);
    out = run_command(std::move(request), ctx);
    if (given.has("executable"))
      out.warnings.push_back(fmt::format(
        "As of Ansible 2.4, the parameter 'executable' is no longer supported "
        "with the 'command' module. Not using '{}'.",
        given.text("executable")));
    if (out.failed && !sign.empty())
      out.warnings.push_back(
        fmt::format("'{}' was an argument of the program: 'command' starts no "
                    "shell; write 'shell' for one that knows it",
                    sign));
    return out;
  }

private:
  /// Ends as Ansible's module does, with a code that no program has.
  static module_result refused(const char* why) {
    auto out = module_result::failure(errc::invalid_argument, why);
    out.data.set("rc", 256);
    return out;
  }

  /// A word that only a shell would have understood; empty: none.
  static std::string shell_sign(const std::vector<std::string>& argv) {
    constexpr std::string_view signs[]
      = {"|", "||", "&&", ";", ">", ">>", "<", "&", "2>&1"};
    for (auto& each : argv)
      if (std::find(std::begin(signs), std::end(signs), each)
          != std::end(signs))
        return each;
    return {};
  }

  static result<std::vector<std::string>> words_of(const arguments& given) {
    if (given.has("argv"))
      return given.texts("argv");
    return split_command(command_line_of(given));
  }
};

const register_module command_registration{std::make_shared<command>()};

} // namespace

} // namespace troupe
