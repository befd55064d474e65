#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

class make final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "make",
      .summary = "Has make(1) build a target that is not up to date.",
      .arguments
      = {{.name = "chdir",
          .type = arg_type::path,
          .summary = "Where it runs.",
          .required = true},
         {.name = "target", .summary = "What it builds; silent: the first."},
         {.name = "params",
          .type = arg_type::dict,
          .summary = "Variables of make; null: a word of its own."},
         {.name = "file",
          .type = arg_type::path,
          .summary = "The makefile; silent: what make finds."},
         {.name = "jobs",
          .type = arg_type::integer,
          .summary = "How many commands run at once."},
         {.name = "make",
          .type = arg_type::path,
          .summary = "The program; silent: `gmake`, else `make`."}},
      .aliases = {"community.general.make"},
      .resource = {"build in", {"chdir"}},
      .example = R"({"make": {"chdir": "/srv/app", "target": "install"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto argv = command(args, ctx);
    if (!argv)
      return module_result::failure(argv.why());
    tool_terms terms;
    terms.folder = path_argument(args, "chdir", ctx);
    auto question = *argv;
    question.push_back("--question");
    auto asked = run_tool(question, ctx, terms);
    if (!asked)
      return module_result::failure(asked.why());
    module_result out;
    for (auto name : {"chdir", "file", "jobs", "params", "target"})
      out.data.set(name, args.has(name) ? *args.find(name) : value{});
    out.changed = asked->rc != 0;
    if (!out.changed || ctx.check_mode) {
      if (out.changed)
        ctx.doubt();
      return finish(std::move(out), *argv, *asked);
    }
    ctx.changing("target of make");
    auto built = run_tool(*argv, ctx, terms);
    if (!built)
      return module_result::failure(built.why());
    if (built->rc != 0) {
      out.failed = true;
      out.why = errc::command_failed;
      out.msg
        = fmt::format("make returned {}: {}", built->rc, tool_words(*built));
    }
    return finish(std::move(out), *argv, *built);
  }

private:
  static module_result finish(module_result out,
                              const std::vector<std::string>& argv,
                              const process_result& ended) {
    std::string line;
    for (auto& word : argv)
      line += (line.empty() ? "" : " ") + shell_quoted(word);
    out.data.set("command", line);
    add_tool_output(out, ended);
    return out;
  }

  static result<std::vector<std::string>> command(const arguments& args,
                                                  const module_context& ctx) {
    auto program = path_argument(args, "make", ctx);
    if (program.empty()) {
      auto found = find_tool("gmake", ctx);
      if (!found)
        found = find_tool("make", ctx);
      if (!found)
        return found.why();
      program = *found;
    }
    std::vector<std::string> out{program};
    if (args.has("file"))
      out.insert(out.end(), {"-f", path_argument(args, "file", ctx)});
    if (args.has("jobs"))
      out.insert(out.end(), {"-j", args.text("jobs")});
    auto options = out.size();
    if (args.has("target"))
      out.push_back(args.text("target"));
    if (auto* params = args.find("params"))
      for (auto& [name, x] : params->as_dict())
        out.push_back(text_of(name)
                      + (x.is_null() ? std::string{} : "=" + text_of(x)));
    // One that begins with a dash would be an option.
    for (auto i = options; i < out.size(); ++i)
      if (out[i].starts_with("-"))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot be a target or a parameter", out[i])};
    return out;
  }
};

const register_module make_registration{std::make_shared<make>()};

} // namespace

} // namespace troupe
