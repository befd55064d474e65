#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// The parts of a text that ansible-vault made: formats 1.1 and 1.2.
struct vault_text {
  /// Which password it was; empty in format 1.1.
  std::string label;
  std::string salt;
  /// HMAC-SHA-256 of the cipher text.
  std::string digest;
  /// AES-256 in counter mode, in whole blocks of 16 bytes.
  std::string cipher;
};

/// Bytes of a block of the cipher.
constexpr size_t vault_block = 16;
/// Bytes of the longest text that is read.
constexpr size_t longest_vault_text = size_t{256} << 20;

/// Reads the parts. The error has the place of what is wrong in `name`.
result<vault_text> parse_vault_text(std::string_view text,
                                    std::string_view name);

/// Writes them in lines of 80 digits: 1.2 when there is a label.
std::string to_text(const vault_text& parts);

/// What is to be said when there is no password at all.
error no_vault_password(std::string_view name);

} // namespace troupe
