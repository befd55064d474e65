#include "modules/module.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/ini_section.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class ini_file final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "ini_file",
      .summary = "Sets an option in a section of an INI file, or removes it.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "The file.",
         .required = true,
         .aliases = {"dest"}},
        {.name = "section",
         .summary = "The section; nothing: what stands before the first one.",
         .required = true},
        {.name = "option",
         .summary = "The option; nothing: the section is meant."},
        {.name = "value", .summary = "What it shall be."},
        {.name = "values",
         .type = arg_type::list,
         .summary = "Several of them, each in a line of its own.",
         .elements = arg_type::str},
        {.name = "state",
         .summary = "Whether it shall be there.",
         .fallback = "present",
         .choices = {"absent", "present"}},
        {.name = "exclusive",
         .type = arg_type::boolean,
         .summary = "No other values of the option stay; with `absent` all go, "
                    "whatever they are.",
         .fallback = true},
        {.name = "no_extra_spaces",
         .type = arg_type::boolean,
         .summary = "Write no blanks around the `=`.",
         .fallback = false},
        {.name = "allow_no_value",
         .type = arg_type::boolean,
         .summary = "The option may stand alone, without `=`.",
         .fallback = false},
        {.name = "create",
         .type = arg_type::boolean,
         .summary = "Make a file that is missing.",
         .fallback = true},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the old file under a name with the time.",
         .fallback = false},
      }),
      .aliases = {"community.general.ini_file"},
      .mutually_exclusive = {{"value", "values"}},
      .resource = {"file", {"path"}},
      .example
      = R"({"ini_file": {"path": "/etc/app.ini", "section": "server", "option": "port", "value": "8080"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto wish = read(args);
    if (!wish)
      return module_result::failure(wish.why());
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    request->dest = path_argument(args, "path", ctx);
    auto path = request->dest;
    edited_file file{*std::move(request), ctx};
    file.is_plain = true;
    if (auto ready = file.open(); !ready)
      return module_result::failure(ready.why());
    if (!file.exists() && !args.flag("create"))
      return module_result::failure(
        errc::not_found,
        fmt::format("'{}' does not exist, and create is not set", path));
    auto edited = with_ini_option(file.content(), *wish);
    if (!file.exists() && edited.changed)
      if (auto made = file.make_folder(); !made)
        return module_result::failure(made.why());
    auto out = edited.changed ? file.finish(edited.text, "")
                              : file.finish(std::nullopt, "");
    if (out.failed)
      return out;
    out.data.set("msg", edited.msg);
    out.data.set("path", path);
    add_path_info(out, path, ctx);
    return out;
  }

private:
  static result<ini_wish> read(const arguments& args) {
    ini_wish out;
    out.section = args.text("section");
    out.option = args.text("option");
    if (args.has("value"))
      out.values.push_back(args.text("value"));
    for (auto& each : args.texts("values"))
      out.values.push_back(std::move(each));
    out.present = args.text("state") == "present";
    out.exclusive = args.flag("exclusive");
    out.blanks = !args.flag("no_extra_spaces");
    out.allow_no_value = args.flag("allow_no_value");
    if (out.present && !out.option.empty() && out.values.empty()
        && !out.allow_no_value)
      return error{errc::invalid_argument,
                   fmt::format("option '{}' needs a value, or allow_no_value",
                               out.option)};
    auto is_line = [](const std::string& text) {
      return text.find_first_of("\r\n") == text.npos;
    };
    for (auto* each : {&out.section, &out.option})
      if (!is_line(*each))
        return error{errc::invalid_argument,
                     "a section and an option have names without line ends"};
    for (auto& each : out.values)
      if (!is_line(each))
        return error{errc::invalid_argument,
                     "a value is one line, without line ends"};
    return out;
  }
};

const register_module ini_file_registration{std::make_shared<ini_file>()};

} // namespace

} // namespace troupe
