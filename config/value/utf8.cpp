#include "config/value/utf8.hpp"

#include <algorithm>
#include <iterator>

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

namespace {

/// Of characters of two and three bytes: C1 controls, marks without a width,
/// line separators, and what turns the direction of writing.
bool changes_terminal(std::string_view character) {
  constexpr std::string_view harmful[]
    = {"\xd8\x9c",     "\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x80\x8f",
       "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab",
       "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6",
       "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xef\xbb\xbf"};
  if (character.size() == 2 && character[0] == '\xc2')
    return static_cast<unsigned char>(character[1]) < 0xa0;
  return std::find(std::begin(harmful), std::end(harmful), character)
         != std::end(harmful);
}

} // namespace

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    auto c = static_cast<unsigned char>(text[i]);
    bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    if (n == 0 || control || (n > 1 && changes_terminal(text.substr(i, n))))
      out += replacement;
    else
      out += text.substr(i, n);
    i += n == 0 ? 1 : n;
  }
  return out;
}

} // namespace troupe
