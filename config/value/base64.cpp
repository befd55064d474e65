#include "config/value/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace troupe {

namespace {

constexpr std::string_view letters
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string encode_base64(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    auto count = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k)
      group = group << 8
              | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      out += k <= count ? letters[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

result<std::string> decode_base64(std::string_view x) {
  std::string out;
  uint32_t group = 0;
  unsigned bits = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (char c : x) {
    if (c == '=') {
      ++padding;
      if ((digits + padding) % 4 == 0 && digits % 4 >= 2)
        break;
      continue;
    }
    auto digit = letters.find(c);
    if (digit == letters.npos)
      continue;
    padding = 0;
    ++digits;
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(group >> bits & 0xff);
    }
  }
  if (digits % 4 == 1)
    return error{errc::runtime,
                 fmt::format("Invalid base64-encoded string: number of data "
                             "characters ({}) cannot be 1 more than a multiple "
                             "of 4",
                             digits)};
  if (digits % 4 != 0 && digits % 4 + padding < 4)
    return error{errc::runtime, "Incorrect padding"};
  return out;
}

} // namespace troupe
