#include "platform/crypto.hpp"
#include "platform/posix/sha256_blocks.hpp"

#include <mbedtls/sha256.h>

#include <algorithm>
#include <cstring>

namespace troupe {

namespace {

constexpr size_t block_size = 64;

sha256_blocks blocks_of_this_processor() {
  static const auto known = fast_sha256_blocks();
  return known;
}

} // namespace

/// With the processor's instructions where it has them, five times as fast as
/// the library.
struct sha256::state {
  // Asked once: under a hypervisor the question costs more than many blocks.
  sha256_blocks fast = blocks_of_this_processor();
  mbedtls_sha256_context context;
  uint32_t words[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char rest[2 * block_size] = {};
  size_t rest_size = 0;
  uint64_t total = 0;

  void take(const unsigned char* bytes, size_t size) {
    total += size;
    if (rest_size > 0) {
      auto part = std::min(size, block_size - rest_size);
      std::memcpy(rest + rest_size, bytes, part);
      rest_size += part;
      bytes += part;
      size -= part;
      if (rest_size < block_size)
        return;
      fast(words, rest, 1);
      rest_size = 0;
    }
    fast(words, bytes, size / block_size);
    rest_size = size % block_size;
    if (rest_size > 0)
      std::memcpy(rest, bytes + size - rest_size, rest_size);
  }

  /// One bit, zeros, and the length in bits; then the words, highest byte
  /// first.
  void end(unsigned char* out) {
    auto bits = total * 8;
    rest[rest_size++] = 0x80;
    auto blocks = rest_size + 8 > block_size ? size_t{2} : size_t{1};
    std::memset(rest + rest_size, 0, blocks * block_size - rest_size);
    for (size_t i = 0; i < 8; ++i)
      rest[blocks * block_size - 1 - i]
        = static_cast<unsigned char>(bits >> (8 * i));
    fast(words, rest, blocks);
    for (size_t i = 0; i < 32; ++i)
      out[i] = static_cast<unsigned char>(words[i / 4] >> (24 - 8 * (i % 4)));
  }
};

sha256::sha256() : state_{std::make_unique<state>()} {
  mbedtls_sha256_init(&state_->context);
  mbedtls_sha256_starts_ret(&state_->context, 0);
}

sha256::~sha256() {
  mbedtls_sha256_free(&state_->context);
}

void sha256::update(std::string_view bytes) {
  auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.empty())
    return;
  if (state_->fast)
    state_->take(data, bytes.size());
  else
    mbedtls_sha256_update_ret(&state_->context, data, bytes.size());
}

std::string sha256::finish() {
  std::string out(32, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  if (state_->fast)
    state_->end(to);
  else
    mbedtls_sha256_finish_ret(&state_->context, to);
  return out;
}

} // namespace troupe
