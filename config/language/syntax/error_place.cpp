#include "config/language/syntax/error_place.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t most_shown = 200;

/// The first bytes of a line of `text`; lines count from 1.
std::string_view line_of(std::string_view text, uint32_t line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  text = text.substr(0, text.find('\n'));
  if (text.size() <= most_shown)
    return text;
  auto end = most_shown;
  while (end > 0 && (text[end] & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

} // namespace

error placed_in(error problem, const template_syntax& tree,
                source_position at) {
  if (problem.has_place())
    return problem;
  problem.detail = std::make_shared<const error_detail>(
    error_detail{problem.undefined(), "", at.line, at.column, ""});
  return in_source(std::move(problem), tree);
}

error in_source(error problem, const template_syntax& tree) {
  auto detail = *problem.detail;
  detail.source = tree.name;
  detail.text = line_of(tree.source, detail.line);
  problem.detail = std::make_shared<const error_detail>(std::move(detail));
  return problem;
}

std::string with_place(const error& problem) {
  if (!problem.has_place())
    return problem.message;
  return fmt::format("{} (line {}, column {})", problem.message,
                     problem.detail->line, problem.detail->column);
}

std::string shown_place(const error& problem) {
  if (!problem.has_place())
    return {};
  auto& at = *problem.detail;
  return fmt::format("\n  at {}{}line {}, column {}:\n    {}\n    {:>{}}",
                     at.source, at.source.empty() ? "" : ", ", at.line,
                     at.column, at.text, "^",
                     std::min<size_t>(at.column, most_shown));
}

} // namespace troupe
