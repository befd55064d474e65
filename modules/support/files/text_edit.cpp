#include "modules/support/files/text_edit.hpp"

#include "modules/support/files/path_turn.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t longest_text = size_t{16} << 20;
constexpr std::string_view text_blanks = " \t\r\n\v\f";

file_system& files_for(const text_edit& edit, const module_context& ctx) {
  auto& files = ctx.machine.files();
  return edit.is_free_of_links ? files.without_links() : files;
}

/// Waits for the turn at `path` and reads what `edit` is about.
result<text_edit> read_edited(text_edit edit, const std::string& path,
                              const module_context& ctx) {
  auto turn = take_turn(path, ctx);
  if (!turn)
    return turn.why();
  edit.turn = *std::move(turn);
  auto& files = files_for(edit, ctx);
  auto there = files.status(edit.path, false);
  if (!there)
    return there.why();
  if (!*there)
    return edit;
  if ((*there)->kind == file_kind::symlink)
    return error{
      errc::invalid_argument,
      fmt::format("'{}' is a symbolic link, which is not followed", edit.path)};
  auto text = files.read(edit.path, longest_text);
  if (!text)
    return text.why();
  edit.before = *std::move(text);
  edit.is_there = true;
  return edit;
}

} // namespace

result<text_edit> begin_edit(const std::string& path,
                             const module_context& ctx) {
  if (path.find('\0') != std::string::npos)
    return error{errc::invalid_argument, "a path cannot hold a NUL byte"};
  auto end = end_of_links(path, ctx);
  auto real = end ? follow_links(*end, ctx) : result<followed_path>{end.why()};
  if (!real)
    return real.why();
  return read_edited({.path = *end}, real->path, ctx);
}

result<text_edit> begin_edit_without_links(const std::string& path,
                                           const module_context& ctx) {
  return read_edited({.path = path, .is_free_of_links = true}, path, ctx);
}

result<void> end_edit(const text_edit& edit, const std::string& after,
                      const module_context& ctx, module_result& out,
                      const file_attributes& fresh) {
  if (edit.is_there ? after == edit.before : after.empty())
    return {};
  out.changed = true;
  foresee(ctx, edit.is_there ? effect::changed : effect::made, edit.path,
          "file");
  if (ctx.diff_mode)
    out.diff = dict{{"before_header", edit.path},
                    {"before", value::from_host(edit.before)},
                    {"after_header", edit.path},
                    {"after", value::from_host(after)}};
  return files_for(edit, ctx).replace(
    edit.path, after, edit.is_there ? file_attributes{} : fresh);
}

std::vector<std::string> whole_lines(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string trimmed_text(std::string_view text) {
  auto begin = text.find_first_not_of(text_blanks);
  if (begin == std::string_view::npos)
    return {};
  return std::string{
    text.substr(begin, text.find_last_not_of(text_blanks) + 1 - begin)};
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> out;
  for (size_t at = 0;;) {
    at = text.find_first_not_of(text_blanks, at);
    if (at == std::string_view::npos)
      return out;
    auto end = std::min(text.find_first_of(text_blanks, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
}

} // namespace troupe
