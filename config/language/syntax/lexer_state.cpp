#include "config/language/syntax/lexer_state.hpp"

#include <fmt/format.h>

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
  return counted_;
}

error lexer_state::fail(size_t offset, std::string message) {
  auto where = position(offset);
  return {errc::syntax, fmt::format("{} (line {}, column {})", message,
                                    where.line, where.column)};
}

} // namespace troupe
