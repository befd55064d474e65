#include "config/language/syntax/lexer_state.hpp"

#include "config/language/python/unicode.hpp"

#include <algorithm>

namespace troupe {

std::string with_newlines(std::string_view x, std::string_view sequence) {
  if (sequence == "\n")
    return std::string{x};
  std::string out;
  for (char c : x) {
    if (c == '\n')
      out += sequence;
    else
      out += c;
  }
  return out;
}

std::string with_line_feeds(std::string_view x) {
  std::string out;
  out.reserve(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] != '\r') {
      out += x[i];
      continue;
    }
    out += '\n';
    if (i + 1 < x.size() && x[i + 1] == '\n')
      ++i;
  }
  if (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

size_t blanks_from(std::string_view x) {
  auto end = x.size();
  while (end > 0) {
    auto from = end - 1;
    // A character has at most four bytes.
    while (from > 0 && end - from < 4 && (x[from] & 0xc0) == 0x80)
      --from;
    auto to = from;
    bool blank = static_cast<unsigned char>(x[from]) < 0x80
                   ? is_space(x[from])
                   : is_blank(next_point(x, to)) && to == end;
    if (!blank)
      break;
    end = from;
  }
  return end;
}

size_t lexer_state::skip_space(size_t offset) const {
  while (offset < text.size()) {
    auto to = offset;
    bool blank = static_cast<unsigned char>(text[offset]) < 0x80
                   ? is_space(text[to++])
                   : is_blank(next_point(text, to));
    if (!blank)
      break;
    offset = to;
  }
  return offset;
}

source_position lexer_state::position(size_t offset) {
  if (offset < counted_to_) {
    counted_to_ = 0;
    counted_ = {};
  }
  for (; counted_to_ < offset; ++counted_to_) {
    if (text[counted_to_] == '\n') {
      ++counted_.line;
      counted_.column = 1;
    } else if ((text[counted_to_] & 0xc0) != 0x80) {
      ++counted_.column;
    }
  }
  auto out = counted_;
  if (out.line == 1)
    out.column -= std::min(source.hidden_columns, out.column - 1);
  out.line += source.lines_before;
  return out;
}

error lexer_state::fail(size_t offset, std::string message) {
  return syntax_error(position(offset), std::move(message));
}

line_tag find_line_tag(const lexer_state& s, const std::string& prefix,
                       bool statement) {
  std::string_view blanks = statement ? " \t\v" : " \t\v\f";
  auto& text = s.text;
  for (auto at = text.find(prefix, s.at); at != text.npos;
       at = text.find(prefix, at + 1)) {
    auto from = at;
    while (from > s.at && blanks.find(text[from - 1]) != blanks.npos)
      --from;
    bool first = from == 0 || text[from - 1] == '\n';
    if (first || (!statement && !is_space(text[from - 1])))
      return {from, at + prefix.size()};
  }
  return {};
}

size_t line_statement_end(const lexer_state& s) {
  auto to = s.skip_space(s.at);
  if (to == s.text.size())
    return to;
  auto blanks = std::string_view{s.text}.substr(s.at, to - s.at);
  auto last = blanks.rfind('\n');
  return last == blanks.npos ? 0 : s.at + last + 1;
}

error syntax_error(source_position at, std::string message) {
  return {errc::syntax, std::move(message),
          std::make_shared<const error_detail>(
            error_detail{"", "", at.line, at.column, ""})};
}

} // namespace troupe
