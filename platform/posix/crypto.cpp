#include "platform/crypto.hpp"

#include <fmt/format.h>
#include <mbedtls/platform_util.h>
#include <sys/random.h>

#include <cerrno>

namespace troupe {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char each : bytes) {
    out += digits[each >> 4U];
    out += digits[each & 15U];
  }
  return out;
}

result<std::string> from_hex(std::string_view text) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    auto high = digit(text[i]);
    auto low = i + 1 < text.size() ? digit(text[i + 1]) : -1;
    if (high < 0 || low < 0)
      return error{errc::invalid_argument,
                   fmt::format("expected pairs of hexadecimal digits, found "
                               "'{}'",
                               text.substr(i, 2))};
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string key_name(std::string_view point) {
  sha256 digest;
  digest.update(point);
  return to_hex(digest.finish()).substr(0, 16);
}

result<std::string> random_bytes(size_t count) {
  std::string out(count, '\0');
  for (size_t have = 0; have < count;) {
    auto n = ::getrandom(out.data() + have, count - have, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return system_error(errno, "cannot get random bytes");
    have += static_cast<size_t>(n);
  }
  return out;
}

void wipe(std::string& bytes) {
  mbedtls_platform_zeroize(bytes.data(), bytes.size());
  bytes.clear();
}

} // namespace troupe
