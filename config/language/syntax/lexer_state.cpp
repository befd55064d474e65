#include "config/language/syntax/lexer_state.hpp"

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

error syntax_error(source_position at, std::string message) {
  return {errc::syntax, std::move(message),
          std::make_shared<const error_detail>(
            error_detail{"", "", at.line, at.column, ""})};
}

} // namespace troupe
