#include "modules/module.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

using text_lines = std::vector<std::string_view>;

/// Lines with their ends: `\n`, `\r` or both.
text_lines lines_of_block(std::string_view text) {
  text_lines out;
  while (!text.empty()) {
    auto end = text.find_first_of("\r\n");
    auto length = text.size();
    if (end != text.npos)
      length = text.substr(end, 2) == "\r\n" ? end + 2 : end + 1;
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

/// One call: a block between two lines that mark it.
class block_placing {
public:
  block_placing(const arguments& args, std::string_view content,
                const module_context& ctx)
      : args_{args}, ctx_{ctx}, content_{content}, lines_{lines_of_block(
                                                     content)},
        begin_{marker("marker_begin")}, end_{marker("marker_end")} {
    if (args.text("state") == "present")
      block_ = args.text("block");
    if (!block_.empty() && !block_.ends_with('\n'))
      block_ += '\n';
  }

  bool has_block() const {
    return !block_.empty();
  }

  /// The whole text with the block in its place.
  result<std::string> text() {
    auto from = old_block();
    auto to = from;
    if (from.first == nowhere) {
      auto place = new_place();
      if (!place)
        return place.why();
      from = to = {*place, *place};
    }
    std::string out;
    out.reserve(content_.size() + block_.size() + begin_.size() + end_.size());
    append(out, 0, from.first);
    if (!out.empty() && !out.ends_with('\n'))
      out += '\n';
    if (has_block())
      out.append(begin_).append(block_).append(end_);
    append(out, to.second, lines_.size());
    return out;
  }

private:
  static constexpr size_t nowhere = std::string_view::npos;

  std::string marker(const char* which) const {
    constexpr std::string_view mark = "{mark}";
    auto out = args_.text("marker");
    auto word = args_.text(which);
    for (size_t at = 0; (at = out.find(mark, at)) != out.npos;
         at += word.size())
      out.replace(at, mark.size(), word);
    return out + '\n';
  }

  void append(std::string& out, size_t from, size_t to) const {
    for (auto i = from; i < to; ++i)
      out += lines_[i];
  }

  /// From which line to behind which one the block goes that is there; the
  /// last ones of both marks count.
  std::pair<size_t, size_t> old_block() const {
    auto first = nowhere;
    auto last = nowhere;
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i] == begin_)
        first = i;
      if (lines_[i] == end_)
        last = i;
    }
    if (first == nowhere || last == nowhere)
      return {nowhere, nowhere};
    return {std::min(first, last), std::max(first, last) + 1};
  }

  result<size_t> new_place() const {
    auto before = args_.has("insertbefore");
    auto wanted = before                     ? args_.text("insertbefore")
                  : args_.has("insertafter") ? args_.text("insertafter")
                                             : "EOF";
    if (before ? wanted == "BOF" : wanted == "EOF")
      return before ? 0 : lines_.size();
    auto pattern = line_pattern::regexp(wanted);
    if (!pattern)
      return pattern.why();
    auto out = lines_.size();
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (auto on = may_go_on(ctx_, i); !on)
        return on.why();
      auto found = pattern->matches(lines_[i]);
      if (!found)
        return found.why();
      if (*found)
        out = before ? i : i + 1;
    }
    return out;
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string_view content_;
  text_lines lines_;
  std::string begin_;
  std::string end_;
  std::string block_;
};

class blockinfile final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "blockinfile",
      .summary = "Sees to a block of lines in a text file, between two lines "
                 "that mark it.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "The file.",
         .required = true,
         .aliases = {"dest", "destfile", "name"}},
        {.name = "state",
         .summary = "Whether the block shall be there.",
         .fallback = "present",
         .choices = {"absent", "present"}},
        {.name = "block",
         .summary = "The lines; without any the block goes.",
         .fallback = "",
         .aliases = {"content"}},
        {.name = "marker",
         .summary = "The lines around it, `{mark}` being the next two.",
         .fallback = "# {mark} ANSIBLE MANAGED BLOCK"},
        {.name = "marker_begin",
         .summary = "`{mark}` of the first one.",
         .fallback = "BEGIN"},
        {.name = "marker_end",
         .summary = "`{mark}` of the last one.",
         .fallback = "END"},
        {.name = "insertafter",
         .summary = "Where a new block goes: behind the last line that this "
                    "regular expression finds, or `EOF`, which counts when "
                    "nothing is said."},
        {.name = "insertbefore",
         .summary = "The same for the place before a line; `BOF`: the "
                    "beginning."},
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
      .mutually_exclusive = {{"insertbefore", "insertafter"}},
      .resource = {"file", {"path"}},
      .example
      = R"({"blockinfile": {"path": "/etc/hosts", "block": "10.0.0.7 db\n10.0.0.8 web"}})",
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
    if (!file.exists()) {
      if (!args.flag("create"))
        return nothing_to_edit("Path", path);
      if (args.text("state") == "absent") {
        module_result out;
        out.msg = fmt::format("File {} not present", path);
        return out;
      }
      if (auto made = file.make_folder(); !made)
        return module_result::failure(made.why());
    }
    return edit(args, file, ctx);
  }

private:
  static module_result edit(const arguments& args, edited_file& file,
                            const module_context& ctx) {
    block_placing placing{args, file.content(), ctx};
    auto text = placing.text();
    if (!text)
      return module_result::failure(text.why());
    file.names_backup_file = true;
    if (file.exists() && *text == file.content())
      return file.finish(std::nullopt, "");
    return file.finish(*text, !file.exists()        ? "File created"
                              : placing.has_block() ? "Block inserted"
                                                    : "Block removed");
  }
};

const register_module blockinfile_registration{std::make_shared<blockinfile>()};

} // namespace

} // namespace troupe
