#include "config/value/utf8.hpp"

namespace troupe {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

bool continues(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

} // namespace

size_t utf8_length_at(std::string_view text, size_t at) {
  auto byte = [&](size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i])
                                : static_cast<unsigned char>(0);
  };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first < 0xc2)
    return 0;
  if (first < 0xe0)
    return continues(byte(1)) ? 2 : 0;
  if (first < 0xf0) {
    // Overlong forms and surrogates are not UTF-8.
    if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f))
      return 0;
    return continues(byte(1)) && continues(byte(2)) ? 3 : 0;
  }
  if (first > 0xf4 || (first == 0xf0 && byte(1) < 0x90)
      || (first == 0xf4 && byte(1) > 0x8f))
    return 0;
  return continues(byte(1)) && continues(byte(2)) && continues(byte(3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    if (n == 0)
      return false;
    i += n;
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    if (n == 0) {
      out += replacement;
      ++i;
    } else {
      out += text.substr(i, n);
      i += n;
    }
  }
  return out;
}

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    auto c = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8: c2 80 to c2 9f.
    bool c1
      = n == 2 && c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c1;
    if (n == 0 || control)
      out += replacement;
    else
      out += text.substr(i, n);
    i += n == 0 ? 1 : n;
  }
  return out;
}

} // namespace troupe
