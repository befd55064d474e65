#include "config/language/library/encoded_text.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/unicode.hpp"

namespace troupe {

namespace {

/// Python takes names of encodings in any case, with any signs between words.
std::string plain_name(std::string_view name) {
  std::string out;
  for (auto c : name)
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c + 32);
    else if (c != '-' && c != '_' && c != ' ')
      out += c;
  return out;
}

/// Where Latin 9 differs from Latin 1.
uint32_t latin_9(unsigned char byte) {
  switch (byte) {
  case 0xa4:
    return 0x20ac;
  case 0xa6:
    return 0x160;
  case 0xa8:
    return 0x161;
  case 0xb4:
    return 0x17d;
  case 0xb8:
    return 0x17e;
  case 0xbc:
    return 0x152;
  case 0xbd:
    return 0x153;
  case 0xbe:
    return 0x178;
  default:
    return byte;
  }
}

bool is_one_of(std::string_view name,
               std::initializer_list<std::string_view> all) {
  for (auto each : all)
    if (name == each)
      return true;
  return false;
}

} // namespace

result<std::string> decoded_text(std::string bytes, std::string_view encoding) {
  auto name = plain_name(encoding);
  if (is_one_of(name, {"utf8", "u8", "utf", "ascii", "usascii", "646"}))
    return bytes;
  bool first = is_one_of(name, {"latin1", "latin", "l1", "iso88591", "88591"});
  bool ninth = is_one_of(name, {"latin9", "l9", "iso885915"});
  if (!first && !ninth)
    return failure(errc::runtime,
                   "unknown encoding: {}; there are utf-8, ascii, latin-1 and "
                   "iso8859-15",
                   encoding);
  std::string out;
  for (auto c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    append_utf8(out, ninth ? latin_9(byte) : byte);
  }
  return out;
}

} // namespace troupe
