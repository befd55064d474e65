#pragma once

#include "actors/link/link_words.hpp"
#include "platform/transport.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// What lets somebody join once: a secret, and the authority (PEM) by which he
/// knows the controller. As a text `tp1.SECRET.AUTHORITY`, the authority being
/// the lines of its PEM in one.
struct token_text {
  std::string secret;
  std::string authority;
};

std::string write_token(const token_text& token);
result<token_text> read_token(std::string_view text);

/// SHA-256 of the secret, in hex: what a controller keeps of it.
std::string token_digest(std::string_view secret);

/// What somebody without a certificate says.
struct join_request {
  /// 64 hexadecimal digits. They come first, and nothing else is looked at
  /// before they are known.
  std::string secret;
  std::string name;
  /// PKCS #10, PEM.
  std::string request;
};

/// Bytes of a request to join, and of an answer.
inline constexpr size_t join_most = size_t{8} << 10;

/// `length u32 | secret 64 | name, a line feed | request`.
std::string write_join(const join_request& what);

/// A request in the bytes that have come, or nothing while they are too few.
/// An error when it cannot be one.
result<std::optional<join_request>> read_join(std::string_view bytes);

enum class join_outcome : uint8_t {
  admitted = '+',
  /// Somebody has to approve; ask again.
  pending = '?',
  refused = '-',
};

struct join_answer {
  join_outcome how = join_outcome::refused;
  /// The certificate with the role's word in a line before it, or a sentence.
  std::string text;
};

/// `length u32 | how u8 | text`.
std::string write_answer(const join_answer& what);
result<std::optional<join_answer>> read_answer(std::string_view bytes);

/// Asks a controller once, over a connection of its own; waits at most 20 s.
result<join_answer> ask_to_join(transport& net, const endpoint& to,
                                const token_text& token,
                                const join_request& request);

} // namespace troupe
