#include "config/value/source_line.hpp"

#include "config/value/utf8.hpp"

#include <algorithm>
#include <vector>

namespace troupe {

namespace {

constexpr std::string_view margin = "\n    ";
// Of a line, and how much of that stands before the column.
constexpr size_t columns_shown = 100;
constexpr size_t columns_before = 60;
// How far below its beginning a value's text is looked for.
constexpr uint32_t lines_searched = 200;

bool goes_on(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// The offset of a column, which counts characters from 1.
size_t offset_of(std::string_view line, uint32_t column) {
  size_t at = 0;
  for (; at < line.size() && (column > 1 || goes_on(line[at])); ++at)
    if (!goes_on(line[at]))
      --column;
  while (at < line.size() && goes_on(line[at]))
    ++at;
  return at;
}

uint32_t column_of(std::string_view line, size_t offset) {
  auto before = line.substr(0, offset);
  return 1
         + static_cast<uint32_t>(std::count_if(
           before.begin(), before.end(), [](char c) { return !goes_on(c); }));
}

/// Blanks as wide as `text` is on a terminal; a tab stays one.
std::string room_of(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto tab = std::min(text.find('\t'), text.size());
    auto part = text.substr(0, tab);
    size_t columns = 0;
    while (fitting(part, columns).size() < part.size()
           && columns < 2 * part.size())
      ++columns;
    out.append(columns, ' ');
    if (tab < text.size())
      out += '\t';
    text.remove_prefix(std::min(tab + 1, text.size()));
  }
  return out;
}

/// Looks for the bytes in one line after the other.
class searcher {
public:
  searcher(std::string_view source, text_position begin)
      : source_{source}, begin_{begin} {
  }

  /// `piece`, whose byte `at` is meant; `line` is the number of its line in
  /// the value's text.
  std::optional<text_position> find(std::string_view piece, size_t at,
                                    uint32_t line) const {
    if (piece.empty())
      return std::nullopt;
    // A text in the line of its key, then one below it, then one whose lines
    // were joined.
    for (auto each : {begin_.line + line - 1, begin_.line + line})
      if (auto found = find_in(each, piece, at))
        return found;
    for (uint32_t i = 0; i < std::min(line + 20, lines_searched); ++i)
      if (auto found = find_in(begin_.line + i, piece, at))
        return found;
    return std::nullopt;
  }

private:
  std::optional<text_position> find_in(uint32_t number, std::string_view piece,
                                       size_t at) const {
    auto line = line_at(source_, number);
    auto from
      = number == begin_.line ? offset_of(line, begin_.column) : size_t{0};
    auto found = line.find(piece, from);
    if (found == std::string_view::npos)
      return std::nullopt;
    return text_position{number, column_of(line, found + at)};
  }

  std::string_view source_;
  text_position begin_;
};

/// The part as a whole, or else what of it cannot be written in another way.
std::optional<text_position> find_part(const searcher& in,
                                       const error_detail& part) {
  std::string_view text = part.text;
  auto at = offset_of(text, part.column);
  auto ends = text.find_last_not_of(" \t\r");
  auto whole = text.substr(0, ends == std::string_view::npos ? 0 : ends + 1);
  if (auto found = in.find(whole, at, part.line))
    return found;
  // What cannot be written in another way: no quotes, no backslashes.
  constexpr std::string_view escaped = "\"'\\";
  auto from
    = at > 0 ? text.find_last_of(escaped, at - 1) : std::string_view::npos;
  from = from == std::string_view::npos ? 0 : from + 1;
  auto to = std::min(text.find_first_of(escaped, at), text.size());
  auto piece = text.substr(from, to - std::min(from, to));
  // One or two characters are anywhere.
  return piece.size() < 3 ? std::nullopt : in.find(piece, at - from, part.line);
}

/// `text` without its first lines.
std::string_view after_lines(std::string_view text, uint32_t lines) {
  for (; lines > 0 && !text.empty(); --lines)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

} // namespace

std::string_view line_at(std::string_view text, uint32_t line) {
  for (; line > 1; --line) {
    auto end = text.find('\n');
    if (end == std::string_view::npos)
      return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

std::string shown_line(std::string_view text, text_position at) {
  if (at.line == 0 || at.column == 0)
    return {};
  auto line = line_at(text, at.line);
  if (line.find_first_not_of(" \t") == std::string_view::npos)
    return {};
  auto column = offset_of(line, at.column);
  size_t from = 0;
  if (column > columns_before + 20) {
    from = column - columns_before;
    while (from < line.size() && goes_on(line[from]))
      ++from;
  }
  auto shown = fitting(line.substr(from), columns_shown);
  auto lead = std::string{from > 0 ? "..." : ""};
  auto rest = from + shown.size() < line.size() ? "..." : "";
  return std::string{margin} + lead + std::string{shown} + rest
         + std::string{margin} + room_of(lead)
         + room_of(line.substr(from, column - from)) + "^";
}

std::optional<text_position> place_in_source(std::string_view source,
                                             text_position begin,
                                             const error_detail& part) {
  if (begin.line == 0 || part.line == 0 || part.column == 0)
    return std::nullopt;
  // Lines are counted from that of the value: what is above is passed once.
  auto above = begin.line - 1;
  searcher in{after_lines(source, above), {1, begin.column}};
  auto found = find_part(in, part);
  if (found)
    found->line += above;
  return found;
}

} // namespace troupe
