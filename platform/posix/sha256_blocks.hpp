#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe {

/// Takes `count` blocks of 64 bytes into a SHA-256 state.
using sha256_blocks
  = void (*)(uint32_t* state, const unsigned char* bytes, size_t count);

/// The processor's own instructions for it; null where it has none.
sha256_blocks fast_sha256_blocks();

} // namespace troupe
