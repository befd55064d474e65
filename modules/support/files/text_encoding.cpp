#include "modules/support/files/text_encoding.hpp"

#include "config/language/python/unicode.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace troupe {

namespace {

/// "ISO_8859-1" and "iso8859 1" are one name, as in Python.
std::string plain_name(std::string_view encoding) {
  std::string out;
  for (auto c : encoding) {
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c != '-' && c != '_' && c != ' ')
      out += c;
  }
  return out;
}

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> out;
  for (size_t i = 0; i < text.size();) {
    auto length = utf8_length_at(text, i);
    auto first = static_cast<unsigned char>(text[i]);
    if (length <= 1) {
      out.push_back(length == 1 ? first : 0xFFFDU);
      ++i;
      continue;
    }
    uint32_t point = first & (0xFFU >> (length + 1));
    for (size_t k = 1; k < length; ++k)
      point = point << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    out.push_back(point);
    i += length;
  }
  return out;
}

void append_unit(std::string& out, uint32_t unit, unsigned bytes, bool big) {
  for (unsigned i = 0; i < bytes; ++i) {
    auto shift = 8 * (big ? bytes - 1 - i : i);
    out += static_cast<char>(unit >> shift & 0xFFU);
  }
}

std::string wide(std::string_view text, unsigned bytes, bool big, bool mark) {
  std::string out;
  if (mark)
    append_unit(out, 0xFEFF, bytes, big);
  for (auto point : code_points(text)) {
    if (bytes == 2 && point >= 0x10000) {
      append_unit(out, 0xD800 + ((point - 0x10000) >> 10U), 2, big);
      append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FFU), 2, big);
    } else {
      append_unit(out, point, bytes, big);
    }
  }
  return out;
}

result<std::string> narrow(std::string_view text, uint32_t limit,
                           std::string_view encoding) {
  std::string out;
  for (auto point : code_points(text)) {
    if (point >= limit)
      return error{errc::invalid_argument,
                   fmt::format("the character U+{:04X} does not exist in {}",
                               point, encoding)};
    out += static_cast<char>(point);
  }
  return out;
}

bool is_latin(std::string_view name) {
  return name == "latin1" || name == "iso88591" || name == "l1";
}

bool is_utf8_name(std::string_view name) {
  return name == "utf8" || name == "u8";
}

bool is_ascii_name(std::string_view name) {
  return name == "ascii" || name == "usascii";
}

} // namespace

result<std::string> decode_document(std::string content,
                                    std::string_view encoding) {
  auto name = plain_name(encoding);
  if (is_utf8_name(name) || is_ascii_name(name))
    return content;
  if (!is_latin(name))
    return error{errc::unsupported,
                 fmt::format("the encoding '{}' is not known here; known are "
                             "utf-8, latin-1 and ascii",
                             encoding)};
  std::string out;
  for (auto c : content)
    append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

result<std::string> restore_document(std::string text,
                                     std::string_view encoding) {
  if (is_latin(plain_name(encoding)))
    return narrow(text, 0x100, encoding);
  return text;
}

result<std::string> encode_document(std::string_view text,
                                    std::string_view encoding) {
  auto name = plain_name(encoding);
  if (is_utf8_name(name))
    return std::string{text};
  if (name == "utf8sig")
    return "\xef\xbb\xbf" + std::string{text};
  if (is_ascii_name(name))
    return narrow(text, 0x80, encoding);
  if (is_latin(name))
    return narrow(text, 0x100, encoding);
  if (name == "utf16")
    return wide(text, 2, false, true);
  if (name == "utf16le")
    return wide(text, 2, false, false);
  if (name == "utf16be")
    return wide(text, 2, true, false);
  if (name == "utf32")
    return wide(text, 4, false, true);
  if (name == "utf32le")
    return wide(text, 4, false, false);
  if (name == "utf32be")
    return wide(text, 4, true, false);
  return error{errc::unsupported,
               fmt::format("the output encoding '{}' is not known; known are "
                           "utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, "
                           "utf-32, utf-32-le, utf-32-be, latin-1 and ascii",
                           encoding)};
}

} // namespace troupe
