#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"

#include <fmt/format.h>

#include <atomic>

namespace troupe {

namespace {

class script final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "script",
      .summary = "Runs a script that lies beside the plan.",
      .arguments = with_command_arguments({
        {.name = "_raw_params",
         .summary = "Path of the script and its arguments."},
        {.name = "cmd", .summary = "The same as a named argument."},
        {.name = "executable",
         .type = arg_type::path,
         .summary = "Program that runs the script."},
        {.name = "decrypt",
         .type = arg_type::boolean,
         .summary = "Decrypt a script that is a vault.",
         .fallback = true},
      }),
      .free_form = "_raw_params",
      .mutually_exclusive = {{"_raw_params", "cmd"}},
      .required_one_of = {{"_raw_params", "cmd"}},
      .idempotent = false,
      .resource = {"command", {"cmd", "_raw_params"}},
      .example = R"({"script": "scripts/prepare.sh --all"})",
    };
    return instance;
  }

  module_result run(const arguments& given,
                    const module_context& ctx) const override {
    auto line = command_line_of(given);
    auto words = split_command(line);
    if (!words)
      return module_result::failure(words.why());
    if (words->empty())
      return module_result::failure(errc::missing_argument,
                                    "there is no script to run");
    auto path = find_source(expand_path(words->front(), ctx), "files", ctx);
    if (!path)
      return module_result::failure(path.why());
    auto plain = open_source(*path, given.flag("decrypt"), ctx);
    if (!plain)
      return module_result::failure(plain.why());
    command_request request;
    request.shown = line;
    request.strip_empty_ends = false;
    prepare_command(request, given, ctx);
    module_result out;
    if (!should_run(given, request, ctx, out)) {
      // Unlike a command, a script that need not run is a skipped task.
      out.skipped = !out.changed && !out.failed;
      if (out.skipped && (given.has("creates") || given.has("removes")))
        out.msg = why_not(given, ctx);
      return out;
    }
    auto ready = runnable(*path, *plain, given.has("executable"), ctx);
    if (!ready)
      return module_result::failure(ready.why());
    // The rest of the line goes through a shell, as it does in Ansible.
    auto command = shell_quoted(ready->path) + rest_of(line);
    if (given.has("executable"))
      command = given.text("executable") + ' ' + command;
    request.process.argv = {"/bin/sh", "-c", "exec " + command};
    out = run_command(std::move(request), ctx);
    if (ready->temporary)
      static_cast<void>(ctx.machine.files().remove(ready->path));
    return out;
  }

private:
  /// What playbooks look for in `msg`.
  static std::string why_not(const arguments& args, const module_context& ctx) {
    auto there = [&](const std::string& path) {
      return ctx.machine.files().access(path, "");
    };
    if (auto path = expand_path(args.text("creates"), ctx);
        args.has("creates") && there(path))
      return path + " exists, matching creates option";
    return expand_path(args.text("removes"), ctx)
           + " does not exist, matching removes option";
  }

  struct prepared {
    std::string path;
    bool temporary = false;
  };

  /// The script itself when it can be executed where it lies; otherwise an
  /// executable copy, of what was opened when it was encrypted.
  static result<prepared> runnable(const std::string& path,
                                   const std::optional<std::string>& plain,
                                   bool has_program,
                                   const module_context& ctx) {
    static std::atomic<unsigned> counter{0};
    auto& files = ctx.machine.files();
    if (!plain && (has_program || files.access(path, "x"))) {
      auto real = files.real_path(path);
      if (!real)
        return real.why();
      return prepared{*real, false};
    }
    auto copy = joined(
      ctx.temporary_directory,
      fmt::format("script-{}-{}", counter.fetch_add(1), base_name(path)));
    auto done = plain ? files.replace(copy, *plain, {.mode = 0700})
                      : files.replace_from(copy, path, {.mode = 0700});
    if (!done)
      return done.why();
    return prepared{copy, true};
  }

  /// What follows the first word of `line`, with its quotes.
  static std::string rest_of(const std::string& line) {
    auto quote = '\0';
    for (size_t i = 0; i < line.size(); ++i) {
      auto c = line[i];
      if (c == '\\' && quote != '\'')
        ++i;
      else if (quote != '\0')
        quote = c == quote ? '\0' : quote;
      else if (c == '\'' || c == '"')
        quote = c;
      else if (c == ' ' || c == '\t' || c == '\n')
        return line.substr(i);
    }
    return {};
  }
};

const register_module script_registration{std::make_shared<script>()};

} // namespace

} // namespace troupe
