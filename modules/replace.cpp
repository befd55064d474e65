#include "config/language/python/regex.hpp"
#include "modules/module.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_encoding.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class replace final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "replace",
      .summary = "Replaces all that a regular expression finds in a text file.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "The file.",
         .required = true,
         .aliases = {"dest", "destfile", "name"}},
        {.name = "regexp",
         .type = arg_type::pattern,
         .summary = "What is replaced; `^` and `$` hold at every line.",
         .required = true},
        {.name = "replace",
         .summary = "What takes its place; `\\1` and `\\g<name>` stand for "
                    "groups.",
         .fallback = ""},
        {.name = "after",
         .type = arg_type::pattern,
         .summary = "Only behind the first match of this, in which `.` stands "
                    "for line ends too."},
        {.name = "before",
         .type = arg_type::pattern,
         .summary = "Only before a match of this."},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the old file under a name with the time.",
         .fallback = false},
        {.name = "validate",
         .summary
         = "Command that judges the new file, `%s`, before it counts."},
        {.name = "encoding",
         .summary = "Of the file: utf-8, latin-1 or ascii.",
         .fallback = "utf-8"},
      }),
      .resource = {"file", {"path"}},
      .example
      = R"({"replace": {"path": "/etc/hosts", "regexp": "old\\.example\\.org", "replace": "new.example.org"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    request->dest = path_argument(args, "path", ctx);
    auto path = request->dest;
    edited_file file{*std::move(request), ctx};
    if (auto ready = file.open(); !ready)
      return file.refusal(ready.why());
    if (!file.exists())
      return nothing_to_edit("Path", path);
    auto text = decode_document(file.content(), args.text("encoding"));
    if (!text)
      return module_result::failure(text.why());
    auto out = edit(args, file, *text, ctx);
    if (!out.failed)
      out.data.set("rc", 0);
    return out;
  }

private:
  struct section {
    size_t from = 0;
    size_t to = 0;
  };

  /// What lies between `after` and `before`.
  static std::string section_pattern(const arguments& args) {
    std::string out;
    if (args.has("after"))
      out = args.text("after");
    if (args.has("before"))
      return out + (out.empty() ? "(?P<subsection>.*)" : "(?P<subsection>.*?)")
             + args.text("before");
    return out.empty() ? out : out + "(?P<subsection>.*)";
  }

  /// Absent when its ends are not there.
  static result<std::optional<section>> find_section(const std::string& pattern,
                                                     std::string_view text) {
    if (pattern.empty())
      return std::optional{section{0, text.size()}};
    auto made = regex::get(pattern, {.dot_all = true});
    if (!made)
      return error{errc::invalid_argument, made.why().message};
    auto found = (*made)->find(text);
    if (!found)
      return found.why();
    if (!*found)
      return std::optional<section>{};
    auto number = (*made)->group("subsection");
    auto& group = (*found)->groups[number.value_or(0)];
    if (!group)
      return std::optional{section{}};
    auto from = static_cast<size_t>(group->data() - text.data());
    return std::optional{section{from, from + group->size()}};
  }

  static module_result edit(const arguments& args, edited_file& file,
                            std::string_view text, const module_context& ctx) {
    auto pattern = section_pattern(args);
    auto part = find_section(pattern, text);
    if (!part)
      return module_result::failure(part.why());
    if (!*part) {
      module_result out;
      out.msg = fmt::format("Pattern for before/after params did not match the "
                            "given file: {}",
                            pattern);
      return out;
    }
    auto made = regex::get(args.text("regexp"), {.multiline = true});
    if (!made)
      return module_result::failure(errc::invalid_argument, made.why().message);
    regex::replacing how{.longest = longest_edited};
    how.go_on = [&ctx] {
      return ctx.wait({}) ? result<void>{} : result<void>{ctx.must_end()};
    };
    auto old = text.substr((*part)->from, (*part)->to - (*part)->from);
    auto changed = (*made)->replace(old, args.text("replace"), &how);
    if (!changed)
      return module_result::failure(changed.why());
    file.is_plain = true;
    if (*changed == old)
      return file.finish(std::nullopt, "");
    std::string next{text.substr(0, (*part)->from)};
    next.append(*changed).append(text.substr((*part)->to));
    auto encoded = restore_document(std::move(next), args.text("encoding"));
    if (!encoded)
      return module_result::failure(encoded.why());
    return file.finish(*encoded,
                       fmt::format("{} replacements made", how.count));
  }
};

const register_module replace_registration{std::make_shared<replace>()};

} // namespace

} // namespace troupe
