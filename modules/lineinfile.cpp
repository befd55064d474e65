#include "modules/module.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/line_placing.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_lines.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class lineinfile final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "lineinfile",
      .summary = "Sees to it that a line is in a text file, or is not.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "The file.",
         .required = true,
         .aliases = {"dest", "destfile", "name"}},
        {.name = "state",
         .summary = "Whether the line shall be there.",
         .fallback = "present",
         .choices = {"absent", "present"}},
        {.name = "line",
         .summary = "The line, without its end.",
         .aliases = {"value"}},
        {.name = "regexp",
         .type = arg_type::pattern,
         .summary = "The last line that this finds is replaced; with `absent` "
                    "all such lines go.",
         .aliases = {"regex"}},
        {.name = "search_string",
         .summary = "The same for lines that hold this text."},
        {.name = "insertafter",
         .summary = "Where a new line goes: behind the last line that this "
                    "regular expression finds, `EOF` or `BOF`. `EOF` when "
                    "nothing is said."},
        {.name = "insertbefore",
         .summary = "The same for the place before a line; `BOF`: the "
                    "beginning."},
        {.name = "backrefs",
         .type = arg_type::boolean,
         .summary = "`\\1` and `\\g<name>` in the line stand for groups of "
                    "`regexp`; without a match nothing changes.",
         .fallback = false},
        {.name = "firstmatch",
         .type = arg_type::boolean,
         .summary = "Let the first line that is found count, not the last.",
         .fallback = false},
        {.name = "create",
         .type = arg_type::boolean,
         .summary = "Make a file that is missing.",
         .fallback = false},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the old file under a name with the time.",
         .fallback = false},
        {.name = "validate",
         .summary
         = "Command that judges the new file, `%s`, before it counts."},
      }),
      .mutually_exclusive = {{"insertbefore", "insertafter"},
                             {"regexp", "search_string"},
                             {"backrefs", "search_string"}},
      .required_if = {{"state", "present", {"line"}},
                      {"state", "absent", {"line", "search_string", "regexp"}}},
      .resource = {"file", {"path"}},
      .example
      = R"({"lineinfile": {"path": "/etc/hosts", "line": "10.0.0.7 db"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    if (auto whole = check(args); !whole)
      return module_result::failure(whole.why());
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    request->dest = path_argument(args, "path", ctx);
    edited_file file{*std::move(request), ctx};
    if (auto ready = file.open(); !ready)
      return file.refusal(ready.why());
    auto out = args.text("state") == "present" ? place(args, file, ctx)
                                               : remove(args, file, ctx);
    for (auto* name : {"regexp", "search_string"})
      if (args.has(name) && args.text(name).empty())
        out.warnings.push_back(
          fmt::format("{} is empty, which is in every line; the regexp '^' "
                      "says so without a warning",
                      name));
    return out;
  }

private:
  static result<void> check(const arguments& args) {
    auto present = args.text("state") == "present";
    if (present && args.flag("backrefs") && !args.has("regexp"))
      return error{errc::invalid_argument,
                   "backrefs needs regexp, whose groups it means"};
    return {};
  }

  static module_result place(const arguments& args, edited_file& file,
                             const module_context& ctx) {
    if (!file.exists()) {
      if (!args.flag("create"))
        return nothing_to_edit("Destination", args.text("path"));
      if (auto made = file.make_folder(); !made)
        return module_result::failure(made.why());
    }
    auto edit = place_line(file.content(), args, ctx);
    if (!edit)
      return module_result::failure(edit.why());
    if (!*edit)
      return file.finish(std::nullopt, "");
    return file.finish((*edit)->text, std::string{(*edit)->msg});
  }

  static module_result remove(const arguments& args, edited_file& file,
                              const module_context& ctx) {
    if (!file.exists()) {
      module_result out;
      out.msg = "file not present";
      return out;
    }
    auto pattern = line_pattern::of(args);
    if (!pattern)
      return module_result::failure(pattern.why());
    auto line = args.text("line");
    std::string left;
    size_t found = 0;
    size_t number = 0;
    for (auto each : lines_with_ends(file.content())) {
      if (auto on = may_go_on(ctx, number++); !on)
        return module_result::failure(on.why());
      auto goes = *pattern ? (*pattern)->matches(each)
                           : result<bool>{without_line_end(each) == line};
      if (!goes)
        return module_result::failure(goes.why());
      if (*goes)
        ++found;
      else
        left += each;
    }
    auto out = found > 0
                 ? file.finish(left, fmt::format("{} line(s) removed", found))
                 : file.finish(std::nullopt, "");
    out.data.set("found", found);
    return out;
  }
};

const register_module lineinfile_registration{std::make_shared<lineinfile>()};

} // namespace

} // namespace troupe
