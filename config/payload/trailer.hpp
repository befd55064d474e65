#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The signature of a payload.
struct payload_signature {
  /// The public key: 65 bytes, the uncompressed point.
  std::string key;
  /// Not valid afterwards, "YYYY-MM-DDTHH:MM:SSZ"; empty: for ever.
  std::string expires;
  /// 64 bytes, r and s.
  std::string bytes;
};

/// What stands at the very end of a packed runner, as the comment of its ZIP
/// archive: where everything is and what it must be.
struct payload_trailer {
  /// Where the archive begins: the size of the engine.
  uint64_t offset = 0;
  /// Bytes of the archive without its comment.
  uint64_t length = 0;
  /// Where the archive's list of members begins, from the start of the file.
  uint64_t directory = 0;
  /// SHA-256 of the engine and of the archive without its comment, in hex. The
  /// engine is too large to be read at every start; `verify_everything` does.
  std::string engine_digest;
  std::string archive_digest;
  std::optional<payload_signature> signature;

  /// What a signature is made of: everything but itself.
  std::string statement() const;

  /// The whole comment; the same trailer always gives the same text.
  std::string text() const;
};

/// The last bytes of every packed runner; they say how long the trailer is.
constexpr size_t trailer_end_size = 20;

/// The length of the trailer that a file with these last bytes has; absent
/// when it has none.
std::optional<size_t> trailer_length(std::string_view last_bytes);

/// Reads what `payload_trailer::text` wrote; every other text is an error.
result<payload_trailer> parse_trailer(std::string_view text);

} // namespace troupe
