#include "config/language/python/encodings.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/unicode.hpp"

namespace troupe {

namespace {

std::string plain_name(std::string_view encoding) {
  std::string out;
  for (char c : to_lower(encoding))
    if (c != '-' && c != '_')
      out += c;
  return out;
}

error unknown_encoding(std::string_view encoding) {
  return failure(errc::runtime, "unknown encoding: {}", encoding);
}

void append_unit(std::string& out, uint32_t unit, bool big) {
  auto high = static_cast<char>(unit >> 8);
  auto low = static_cast<char>(unit & 0xff);
  out += big ? high : low;
  out += big ? low : high;
}

std::string to_utf16(std::string_view x, bool big) {
  std::string out;
  for (size_t i = 0; i < x.size();) {
    auto point = next_point(x, i);
    if (point < 0x10000) {
      append_unit(out, point, big);
    } else {
      append_unit(out, 0xd800 + ((point - 0x10000) >> 10), big);
      append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff), big);
    }
  }
  return out;
}

std::string from_utf16(std::string_view x, bool big) {
  std::string out;
  auto unit = [&](size_t i) {
    auto a = static_cast<unsigned char>(x[i]);
    auto b = static_cast<unsigned char>(x[i + 1]);
    return static_cast<uint32_t>(big ? a << 8 | b : b << 8 | a);
  };
  for (size_t i = 0; i + 1 < x.size(); i += 2) {
    auto point = unit(i);
    if (point >= 0xd800 && point < 0xdc00 && i + 3 < x.size()) {
      point = 0x10000 + ((point - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
      i += 2;
    }
    append_utf8(out, point);
  }
  return out;
}

} // namespace

result<std::string> encode_text(std::string_view x, std::string_view encoding) {
  auto name = plain_name(encoding);
  if (name == "utf8")
    return std::string{x};
  if (name == "utf16le" || name == "utf16be")
    return to_utf16(x, name == "utf16be");
  if (name == "utf16")
    return "\xff\xfe" + to_utf16(x, false);
  auto ascii = name == "ascii" || name == "usascii";
  if (!ascii && name != "latin1" && name != "iso88591")
    return unknown_encoding(encoding);
  std::string out;
  for (size_t i = 0; i < x.size();) {
    auto point = next_point(x, i);
    if (point >= (ascii ? 0x80u : 0x100u))
      return failure(errc::runtime, "'{}' codec can't encode a character",
                     encoding);
    out += static_cast<char>(point);
  }
  return out;
}

result<std::string> decode_text(std::string_view bytes,
                                std::string_view encoding) {
  auto name = plain_name(encoding);
  // Bytes that are no UTF-8 stay what they are.
  if (name == "utf8")
    return std::string{bytes};
  if (name == "utf16le" || name == "utf16be")
    return from_utf16(bytes, name == "utf16be");
  if (name == "utf16") {
    auto big = bytes.starts_with("\xfe\xff");
    auto marked = big || bytes.starts_with("\xff\xfe");
    return from_utf16(bytes.substr(marked ? 2 : 0), big);
  }
  auto ascii = name == "ascii" || name == "usascii";
  if (!ascii && name != "latin1" && name != "iso88591")
    return unknown_encoding(encoding);
  std::string out;
  for (char c : bytes) {
    auto point = static_cast<unsigned char>(c);
    if (ascii && point >= 0x80)
      append_utf8(out, 0xfffd);
    else
      append_utf8(out, point);
  }
  return out;
}

} // namespace troupe
