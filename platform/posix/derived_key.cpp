#include "platform/crypto.hpp"
#include "platform/posix/crypto_error.hpp"
#include "platform/posix/sha256_blocks.hpp"

#include <mbedtls/aes.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace troupe {

namespace {

constexpr size_t hash_block_size = 64;
constexpr size_t digest_size = 32;

using hash_words = std::array<uint32_t, digest_size / 4>;

constexpr hash_words first_words{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                 0xa54ff53a, 0x510e527f, 0x9b05688c,
                                 0x1f83d9ab, 0x5be0cd19};

/// Takes one block into a state of SHA-256.
void take_block(hash_words& state, const unsigned char* block) {
  static const auto fast = fast_sha256_blocks();
  if (fast)
    return fast(state.data(), block, 1);
  mbedtls_sha256_context library;
  mbedtls_sha256_init(&library);
  std::copy(state.begin(), state.end(), library.state);
  mbedtls_internal_sha256_process(&library, block);
  std::copy_n(library.state, state.size(), state.begin());
  mbedtls_sha256_free(&library);
}

void put_words(const hash_words& words, unsigned char* out) {
  for (size_t i = 0; i < digest_size; ++i)
    out[i] = static_cast<unsigned char>(words[i / 4] >> (24 - 8 * (i % 4)));
}

/// A key of HMAC as it goes into the digest: one block.
std::string key_block(std::string_view key) {
  std::string out{key};
  if (key.size() > hash_block_size) {
    sha256 digest;
    digest.update(key);
    out = digest.finish();
  }
  out.resize(hash_block_size);
  return out;
}

/// HMAC of texts as long as a digest, under a key whose blocks were taken once.
class repeated_hmac {
public:
  explicit repeated_hmac(std::string_view key) {
    auto block = key_block(key);
    for (auto [state, mask] : {std::pair{&inner_, 0x36}, {&outer_, 0x5c}}) {
      auto masked = block;
      for (auto& each : masked)
        each = static_cast<char>(each ^ mask);
      take_block(*state, reinterpret_cast<const unsigned char*>(masked.data()));
      wipe(masked);
    }
    wipe(block);
    // Behind the digest: one bit, and the length of both blocks in bits.
    text_[digest_size] = 0x80;
    text_[hash_block_size - 2] = (hash_block_size + digest_size) * 8 >> 8U;
  }

  ~repeated_hmac() {
    mbedtls_platform_zeroize(inner_.data(), sizeof inner_);
    mbedtls_platform_zeroize(outer_.data(), sizeof outer_);
    mbedtls_platform_zeroize(text_.data(), sizeof text_);
  }

  repeated_hmac(const repeated_hmac&) = delete;
  repeated_hmac& operator=(const repeated_hmac&) = delete;

  /// Replaces `words` by the HMAC of what they are.
  void apply(hash_words& words) {
    for (auto* key : {&inner_, &outer_}) {
      put_words(words, text_.data());
      words = *key;
      take_block(words, text_.data());
    }
  }

private:
  hash_words inner_ = first_words;
  hash_words outer_ = first_words;
  std::array<unsigned char, hash_block_size> text_{};
};

hash_words words_of(std::string_view digest) {
  hash_words out{};
  for (size_t i = 0; i < digest_size; ++i)
    out[i / 4] = out[i / 4] << 8U | static_cast<unsigned char>(digest[i]);
  return out;
}

} // namespace

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  auto block = key_block(key);
  auto masked = [&](char mask) {
    auto out = block;
    for (auto& each : out)
      each = static_cast<char>(each ^ mask);
    return out;
  };
  sha256 inner;
  inner.update(masked(0x36));
  inner.update(bytes);
  sha256 outer;
  outer.update(masked(0x5c));
  outer.update(inner.finish());
  wipe(block);
  return outer.finish();
}

std::string derive_key(std::string_view passphrase, std::string_view salt,
                       unsigned rounds, size_t size) {
  repeated_hmac hmac{passphrase};
  std::string out;
  for (uint32_t part = 1; out.size() < size; ++part) {
    std::string first{salt};
    for (auto shift : {24U, 16U, 8U, 0U})
      first += static_cast<char>(part >> shift);
    auto words = words_of(hmac_sha256(passphrase, first));
    auto all = words;
    for (unsigned i = 1; i < rounds; ++i) {
      hmac.apply(words);
      for (size_t j = 0; j < all.size(); ++j)
        all[j] ^= words[j];
    }
    unsigned char bytes[digest_size];
    put_words(all, bytes);
    out.append(reinterpret_cast<const char*>(bytes), digest_size);
    mbedtls_platform_zeroize(bytes, sizeof bytes);
  }
  out.resize(size);
  return out;
}

result<std::string> aes256_ctr(std::string_view bytes, std::string_view key,
                               std::string_view counter) {
  constexpr size_t key_size = 32;
  constexpr size_t aes_block = 16;
  if (key.size() != key_size || counter.size() != aes_block)
    return error{errc::invalid_argument,
                 "AES-256 takes a key of 32 bytes and a counter of 16"};
  auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  unsigned char next[aes_block];
  unsigned char stream[aes_block] = {};
  size_t offset = 0;
  std::memcpy(next, counter.data(), aes_block);
  std::string out(bytes.size(), '\0');
  mbedtls_aes_context aes;
  mbedtls_aes_init(&aes);
  auto code = mbedtls_aes_setkey_enc(
    &aes, reinterpret_cast<const unsigned char*>(key.data()), key_size * 8);
  if (code == 0)
    code
      = mbedtls_aes_crypt_ctr(&aes, bytes.size(), &offset, next, stream, data,
                              reinterpret_cast<unsigned char*>(out.data()));
  mbedtls_aes_free(&aes);
  mbedtls_platform_zeroize(stream, sizeof stream);
  if (code != 0)
    return crypto_error(code, "cannot encrypt");
  return out;
}

bool are_equal_secrets(std::string_view x, std::string_view y) {
  unsigned char differs = x.size() == y.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    differs = static_cast<unsigned char>(
      differs | (static_cast<unsigned char>(x[i] ^ y[i])));
  return differs == 0;
}

} // namespace troupe
