#include "actors/report/ansible_words.hpp"

#include "config/language/python/unicode.hpp"
#include "config/language/python/yaml_emit.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr int64_t indent_for_people = 4;

/// What ends a line there.
bool breaks_line(uint32_t point) {
  return point == '\n' || point == '\r' || (point >= 0x1c && point <= 0x1e)
         || point == 0x85 || point == 0x2028 || point == 0x2029;
}

bool has_lines(std::string_view text) {
  for (size_t i = 0; i < text.size();)
    if (breaks_line(next_point(text, i)))
      return true;
  return false;
}

/// YAML writes such characters in quotes only.
bool is_special(uint32_t point) {
  auto within = [point](uint32_t from, uint32_t to) {
    return point >= from && point <= to;
  };
  bool fine = point == '\n' || point == 0x85 || within(0x20, 0x7e)
              || within(0xa0, 0xd7ff) || within(0xe000, 0xfffd)
              || within(0x10000, 0x10fffe);
  return !fine || point == 0xfeff;
}

/// Blanks for tabs, which blocks of lines cannot have.
std::string without_tabs(std::string_view text) {
  constexpr size_t stop = 8;
  std::string out;
  size_t column = 0;
  for (char c : text) {
    if (c == '\t') {
      auto width = stop - column % stop;
      out.append(width, ' ');
      column += width;
      continue;
    }
    out += c;
    column = c == '\n' || c == '\r' ? 0 : column + ((c & 0xc0) != 0x80);
  }
  return out;
}

/// Nearly `text`, as a block of lines can have it: nothing of what only quotes
/// can keep.
std::string readable(std::string_view text) {
  size_t last = 0;
  for (size_t i = 0; i < text.size();)
    if (!is_blank(next_point(text, i)))
      last = i;
  std::string out;
  auto all = without_tabs(text.substr(0, last));
  for (size_t i = 0; i < all.size();) {
    auto from = i;
    auto point = next_point(all, i);
    if (is_special(point))
      continue;
    // Blanks at the end of a line are seen by nobody.
    if (point == '\n' || point == 0x85 || point == 0x2028 || point == 0x2029)
      out.erase(out.find_last_not_of(' ') + 1);
    out.append(all, from, i - from);
  }
  return out;
}

/// Without what is told twice.
value abridged(const value& from) {
  if (!from.is_dict())
    return from;
  dict out;
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    bool twice = (name == "stdout_lines" && from.find("stdout"))
                 || (name == "stderr_lines" && from.find("stderr"));
    out.set(key, twice ? value{"<omitted>"} : x);
  }
  return value{std::move(out)};
}

/// Every line that is not blank moved to the right.
std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    auto line = text.substr(0, end);
    if (line.find_first_not_of(" \t\r\n") != std::string_view::npos)
      out.append(indent_for_people, ' ');
    out += line;
    text.remove_prefix(end);
  }
  return out;
}

std::optional<std::string> as_yaml(const value& shown, bool wide,
                                   const ansible_form& form) {
  bool pretty = form.pretty.value_or(true);
  yaml_style style;
  if (wide)
    style.indent = indent_for_people;
  style.flow = false;
  style.block = [pretty](const std::string& text) {
    return !has_lines(text) ? std::nullopt
           : pretty         ? std::optional{readable(text)}
                            : std::optional{text};
  };
  // No anchors for what is the same only here.
  auto text = emit_yaml((pretty ? abridged(shown) : shown).deep_copy(), style);
  if (!text)
    return std::nullopt;
  auto out = "\n" + indented(*text);
  if (out.ends_with('\n'))
    out.pop_back();
  return out;
}

} // namespace

std::string ansible_words(const value& shown, bool always,
                          const ansible_form& form) {
  bool wide = form.pretty.value_or(always || form.yaml || form.verbosity > 2);
  if (form.yaml)
    if (auto text = as_yaml(shown, wide, form))
      return terminal_safe(*text);
  return terminal_safe(
    to_json(shown, {.indent = wide ? static_cast<int>(indent_for_people) : -1,
                    .spaced = true}));
}

std::string words_for_settings(const std::string& path) {
  return path.empty()
           ? "No config file found; using defaults"
           : fmt::format("Using {} as config file", terminal_line(path));
}

} // namespace troupe
