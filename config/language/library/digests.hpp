#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The digest in lower-case digits by the name that Python's `hashlib` knows it
/// by: MD5, SHA-1, SHA-2, SHA-3, BLAKE2. Nothing for a name that is none of
/// theirs.
std::optional<std::string> named_digest(std::string_view bytes,
                                        std::string_view name);

/// BLAKE2b with 64 bytes.
std::string blake2b(std::string_view bytes);

/// BLAKE2s with 32 bytes.
std::string blake2s(std::string_view bytes);

/// SHA-3 with so many bits: 224, 256, 384 or 512.
std::string sha3(std::string_view bytes, size_t bits);

} // namespace troupe
