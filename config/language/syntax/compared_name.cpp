#include "config/language/syntax/compared_name.hpp"

#include "config/language/syntax/lexer_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

std::string_view without_end(std::string_view text) {
  auto last = text.find_last_not_of(" \t");
  return text.substr(0, last == text.npos ? 0 : last + 1);
}

bool ends_with_word(std::string_view text, std::string_view word) {
  if (!text.ends_with(word))
    return false;
  text.remove_suffix(word.size());
  return text.empty() || !is_word(text.back());
}

/// Whether a text ends among the items of a list that stands behind `in`.
bool is_in_list(std::string_view before) {
  auto open = before.find_last_of("[(");
  return open != before.npos && before.find_first_of("])", open) == before.npos
         && ends_with_word(without_end(before.substr(0, open)), "in");
}

} // namespace

std::string quotes_for(std::string_view name, std::string_view line,
                       uint32_t column) {
  auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (name.empty() || column == 0 || column > line.size()
      || !std::all_of(line.begin(), line.begin() + column, is_ascii))
    return {};
  auto before = without_end(line.substr(0, column - 1));
  auto from_here = line.substr(column - 1);
  if (!from_here.starts_with(name))
    return {};
  // What has members, or is called, is no text.
  auto behind = from_here.substr(name.size());
  if (!behind.empty()
      && (is_word(behind.front()) || behind.front() == '.'
          || behind.front() == '[' || behind.front() == '('))
    return {};
  if (!before.ends_with("==") && !before.ends_with("!=") && !is_in_list(before))
    return {};
  return fmt::format("; as a text it stands in quotes: '{}'", name);
}

} // namespace troupe
