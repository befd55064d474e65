#include "config/language/syntax/error_place.hpp"

#include "config/language/syntax/compared_name.hpp"
#include "config/language/syntax/lexer_state.hpp"
#include "config/value/source_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t most_shown = 200;

/// The first bytes of a line of `text`; lines count from 1.
std::string_view beginning_of(std::string_view text, uint32_t line) {
  text = line_at(text, line);
  if (text.size() <= most_shown)
    return text;
  auto end = most_shown;
  while (end > 0 && (text[end] & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

} // namespace

namespace {

bool is_word_at(std::string_view text, size_t at, size_t size) {
  return (at == 0 || !is_word(text[at - 1]))
         && (at + size >= text.size() || !is_word(text[at + size]));
}

/// What is asked of a variable without a value stands behind its name: that is
/// where the mistake is.
void go_to_name(error_detail& at) {
  auto& name = at.undefined;
  auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (name.empty() || at.column == 0 || at.column > at.text.size()
      || !std::all_of(at.text.begin(), at.text.begin() + at.column, is_ascii))
    return;
  for (auto from = at.text.rfind(name, at.column - 1);
       from != std::string::npos && from > 0;
       from = at.text.rfind(name, from - 1))
    if (is_word_at(at.text, from, name.size())) {
      at.column = static_cast<uint32_t>(from + 1);
      return;
    }
  if (at.text.starts_with(name) && is_word_at(at.text, 0, name.size())) {
    at.column = 1;
    return;
  }
  // Of an operator its right side.
  for (auto from = at.text.find(name, at.column); from != std::string::npos;
       from = at.text.find(name, from + 1))
    if (is_word_at(at.text, from, name.size())) {
      at.column = static_cast<uint32_t>(from + 1);
      return;
    }
}

} // namespace

error placed_in(error problem, const template_syntax& tree,
                source_position at) {
  if (problem.has_place())
    return problem;
  problem.detail = std::make_shared<const error_detail>(
    error_detail{problem.undefined(), "", at.line, at.column, ""});
  auto out = in_source(std::move(problem), tree);
  out.message
    += quotes_for(out.undefined(), out.detail->text, out.detail->column);
  return out;
}

error in_source(error problem, const template_syntax& tree) {
  auto detail = *problem.detail;
  detail.source = tree.name;
  detail.text = beginning_of(tree.source, detail.line);
  go_to_name(detail);
  problem.detail = std::make_shared<const error_detail>(std::move(detail));
  return problem;
}

error in_value(error problem, text_position begin) {
  if (!problem.has_place() || problem.detail->of_value)
    return problem;
  auto detail = *problem.detail;
  detail.of_value = true;
  detail.begin_line = begin.line;
  detail.begin_column = begin.column;
  problem.detail = std::make_shared<const error_detail>(std::move(detail));
  return problem;
}

source_position first_use(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos && !name.empty();
       at = text.find(name, at + 1)) {
    if (!is_word_at(text, at, name.size()))
      continue;
    auto before = text.substr(0, at);
    auto line = before.substr(before.rfind('\n') + 1);
    // Columns count characters.
    auto column = std::count_if(line.begin(), line.end(),
                                [](char c) { return (c & 0xc0) != 0x80; });
    return {
      static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
      static_cast<uint32_t>(1 + column)};
  }
  return {};
}

std::string shown_place(const error& problem) {
  if (!problem.has_place())
    return {};
  auto& at = *problem.detail;
  std::string_view source = at.source;
  if (source.starts_with("./"))
    source.remove_prefix(2);
  auto where = source.empty()
                 ? fmt::format("line {}, column {}", at.line, at.column)
                 : fmt::format("{}:{}:{}", source, at.line, at.column);
  return fmt::format("\n  at {}:{}", where,
                     shown_line(at.text, {1, at.column}));
}

std::string lookup_heading(std::string_view name) {
  return fmt::format("lookup '{}': ", name);
}

} // namespace troupe
