#include "config/value/utf8.hpp"

#include <algorithm>
#include <cstdint>
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

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
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

namespace {

struct point_range {
  uint32_t first;
  uint32_t last;
};

// Of Unicode's EastAsianWidth.txt (W and F), blocks as a whole.
constexpr point_range wide[]
  = {{0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},
     {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},
     {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x2705, 0x2705},
     {0x270a, 0x270b},   {0x274c, 0x274c},   {0x2753, 0x2755},
     {0x2795, 0x2797},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
     {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
     {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
     {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb},
     {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

// Marks that stand on the character before them.
constexpr point_range narrow[]
  = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
     {0x064b, 0x065f}, {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948},
     {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
     {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};

template <size_t N>
bool is_in(const point_range (&table)[N], uint32_t point) {
  return std::any_of(std::begin(table), std::end(table), [&](auto& range) {
    return point >= range.first && point <= range.last;
  });
}

uint32_t point_of(std::string_view character) {
  auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1)
    return first;
  uint32_t out = first & (0x7fU >> character.size());
  for (auto c : character.substr(1))
    out = (out << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  return out;
}

size_t width_of(uint32_t point) {
  return is_in(narrow, point) ? 0 : is_in(wide, point) ? 2 : 1;
}

/// Of the character at `i`; moves there to the next one.
size_t take_width(std::string_view text, size_t& i) {
  auto n = utf8_length_at(text, i);
  auto width = n == 0 ? 1 : width_of(point_of(text.substr(i, n)));
  i += n == 0 ? 1 : n;
  return width;
}

} // namespace

std::string_view fitting(std::string_view text, size_t columns) {
  size_t used = 0;
  for (size_t i = 0; i < text.size();) {
    auto at = i;
    used += take_width(text, i);
    if (text[at] == '\n' || used > columns)
      return text.substr(0, at);
  }
  return text;
}

size_t columns_of(std::string_view text) {
  size_t out = 0;
  for (size_t i = 0; i < text.size();)
    out += take_width(text, i);
  return out;
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

namespace {

std::string with_ends_as(std::string_view text, std::string_view end) {
  std::string out;
  for (auto c : terminal_safe(text))
    if (c == '\n')
      out += end;
    else
      out += c;
  return out;
}

} // namespace

std::string terminal_line(std::string_view text) {
  return with_ends_as(text, "\\n");
}

std::string terminal_words(std::string_view text) {
  return with_ends_as(text, "\n    ");
}

} // namespace troupe
