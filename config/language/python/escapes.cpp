#include "config/language/python/escapes.hpp"

#include "config/language/python/unicode.hpp"

namespace troupe {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return 99;
}

/// Reads up to `most` digits of `base` at `i` and moves `i` behind them.
/// Returns how many there were.
int read_digits(std::string_view x, size_t& i, int most, int base,
                uint32_t& out) {
  int count = 0;
  out = 0;
  while (count < most && i < x.size() && digit_value(x[i]) < base) {
    out = out * static_cast<uint32_t>(base)
          + static_cast<uint32_t>(digit_value(x[i]));
    ++i;
    ++count;
  }
  return count;
}

char simple_escape(char c) {
  return c == '\'' || c == '"' ? c : control_escape(c);
}

int escape_digits(char c) {
  return c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

} // namespace

char control_escape(char c) {
  switch (c) {
  case 'a':
    return '\a';
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  case 'v':
    return '\v';
  case '\\':
    return c;
  default:
    return 0;
  }
}

result<std::string> decode_escapes(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (size_t i = 0; i < body.size();) {
    if (body[i] != '\\' || i + 1 >= body.size()) {
      out += body[i++];
      continue;
    }
    auto c = body[++i];
    uint32_t point = 0;
    if (auto plain = simple_escape(c)) {
      out += plain;
      ++i;
    } else if (c == '\n') {
      ++i;
    } else if (c >= '0' && c <= '7') {
      read_digits(body, i, 3, 8, point);
      append_utf8(out, point);
    } else if (auto digits = escape_digits(c)) {
      ++i;
      if (read_digits(body, i, digits, 16, point) != digits || point > 0x10ffff)
        return error{errc::syntax,
                     std::string{"truncated \\"} + c + " escape in a string"};
      append_utf8(out, point);
    } else if (c == 'N') {
      return error{errc::syntax, "\\N{...} escapes are not known"};
    } else {
      out += '\\';
      out += c;
      ++i;
    }
  }
  return out;
}

} // namespace troupe
