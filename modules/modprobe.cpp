#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

class modprobe final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "modprobe",
      .summary = "Loads and unloads modules of the kernel.",
      .arguments
      = {{.name = "name", .summary = "The module.", .required = true},
         {.name = "state",
          .summary = "Whether it shall be loaded.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "params",
          .summary = "Its parameters, when it is loaded.",
          .fallback = ""}},
      .aliases = {"community.general.modprobe"},
      .lock = "modprobe",
      .resource = {"kernel module", {"name"}},
      .example = R"({"modprobe": {"name": "br_netfilter"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto name = args.text("name");
    if (name.empty() || name[0] == '-' || !is_one_line(name)
        || name.find_first_of("/ \t") != std::string::npos)
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of a module of the kernel", name));
    module_result out;
    for (auto each : {"name", "params", "state"})
      out.data.set(each, args.text(each));
    auto wanted = args.text("state") == "present";
    auto loaded = is_loaded(name, ctx);
    if (!loaded)
      return module_result::failure(loaded.why());
    if (*loaded == wanted)
      return out;
    out.changed = true;
    if (ctx.check_mode)
      return out;
    auto done = act(name, wanted, args.text("params"), ctx);
    return done ? out : module_result::failure(done.why());
  }

private:
  /// As the kernel writes it.
  static std::string plain(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }

  static result<bool> is_loaded(const std::string& name,
                                const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto all = files.read("/proc/modules", size_t{16} << 20);
    if (!all)
      return all.why();
    auto wanted = plain(name);
    for (auto& line : split_text(*all, '\n'))
      if (line.starts_with(wanted + " "))
        return true;
    // Those that the kernel always has.
    auto kernel = ctx.machine.facts().kernel();
    auto built_in
      = files.read(fmt::format("/lib/modules/{}/modules.builtin",
                               kernel ? kernel->release : std::string{}),
                   size_t{16} << 20);
    if (!built_in)
      return false;
    for (auto& line : split_text(*built_in, '\n'))
      if (auto file = line.substr(line.rfind('/') + 1);
          plain(file.substr(0, file.find('.'))) == wanted)
        return true;
    return false;
  }

  static result<void> act(const std::string& name, bool wanted,
                          const std::string& params,
                          const module_context& ctx) {
    auto tool = find_tool("modprobe", ctx);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool};
    if (!wanted)
      argv.push_back("-r");
    argv.insert(argv.end(), {"--", name});
    if (wanted) {
      auto words = split_command(params);
      if (!words)
        return words.why();
      argv.insert(argv.end(), words->begin(), words->end());
    }
    ctx.changing("module of the kernel " + name);
    auto said = tool_output(std::move(argv), ctx);
    return said ? result<void>{} : result<void>{said.why()};
  }
};

const register_module modprobe_registration{std::make_shared<modprobe>()};

} // namespace

} // namespace troupe
