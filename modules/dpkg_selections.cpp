#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/packages/dpkg_status.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class dpkg_selections final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "dpkg_selections",
      .summary = "Says what dpkg shall do with a package: hold it, say.",
      .arguments
      = {{.name = "name", .summary = "The package.", .required = true},
         {.name = "selection",
          .summary = "What is wanted of it.",
          .required = true,
          .choices = {"install", "hold", "deinstall", "purge"}}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example
      = R"({"dpkg_selections": {"name": "python3", "selection": "hold"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto name = args.text("name");
    auto wanted = args.text("selection");
    if (words_in(name) != std::vector<std::string>{name} || name[0] == '-'
        || !is_one_line(name) || name.find_first_of("*?[") != std::string::npos)
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of a package", name));
    auto before = selection_of(name, ctx);
    if (!before)
      return module_result::failure(before.why());
    module_result out;
    out.changed = *before != wanted;
    out.data.set("before", value::from_host(*before));
    out.data.set("after", wanted);
    if (!out.changed)
      return out;
    if (ctx.check_mode) {
      note_selection(
        ctx, [&](auto& fields) { return is_meant(name, fields); }, wanted);
      return out;
    }
    auto tool = find_tool("dpkg", ctx);
    if (!tool)
      return module_result::failure(tool.why());
    ctx.changing("selection of " + name);
    auto said = tool_output({*tool, "--set-selections"}, ctx,
                            {.input = fmt::format("{} {}\n", name, wanted)});
    return said ? out : module_result::failure(said.why());
  }

private:
  /// "name:arch" means one of several.
  static bool is_meant(const std::string& written,
                       const control_fields& fields) {
    auto colon = written.find(':');
    return field_of(fields, "Package") == written.substr(0, colon)
           && (colon == std::string::npos
               || field_of(fields, "Architecture")
                    == written.substr(colon + 1));
  }

  /// The first word of a package's status.
  static result<std::string> selection_of(const std::string& written,
                                          const module_context& ctx) {
    std::string out = "not present";
    auto read = for_each_package(ctx, [&](const control_fields& fields) {
      if (!is_meant(written, fields))
        return true;
      auto words = words_in(field_of(fields, "Status"));
      if (!words.empty())
        out = words[0];
      return false;
    });
    return read ? result<std::string>{out} : read.why();
  }
};

const register_module dpkg_selections_registration{
  std::make_shared<dpkg_selections>()};

} // namespace

} // namespace troupe
