#pragma once

#include "platform/result.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// SHA-256 of bytes that come in pieces.
class sha256 {
public:
  sha256();
  ~sha256();
  sha256(const sha256&) = delete;
  sha256& operator=(const sha256&) = delete;

  void update(std::string_view bytes);

  /// The digest, 32 bytes. Nothing may be added afterwards.
  std::string finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);

/// The bytes that `to_hex` wrote; an error for anything else, capitals too.
result<std::string> from_hex(std::string_view text);

/// Bytes from the operating system's generator.
result<std::string> random_bytes(size_t count);

/// Overwrites the bytes before they are given back, in a way that the
/// compiler may not leave out.
void wipe(std::string& bytes);

/// A pair of keys for signatures: ECDSA over the curve P-256.
struct key_pair {
  /// PEM, SEC 1 (`BEGIN EC PRIVATE KEY`).
  std::string secret;
  /// PEM (`BEGIN PUBLIC KEY`).
  std::string open;
};

result<key_pair> make_key_pair();

/// The public half as bytes: the uncompressed point, 65 of them.
/// `pem` may hold a public key or a private one.
result<std::string> public_point(const std::string& pem);

/// What people call a key: the first 16 digits of its point's SHA-256.
std::string key_name(std::string_view point);

/// Signs a digest of 32 bytes; gives 64 bytes, r and s.
result<std::string> sign_digest(const std::string& secret_pem,
                                std::string_view digest);

/// Whether `signature` (64 bytes) of `digest` was made with the private half
/// of `point` (65 bytes).
bool is_signed_by(std::string_view point, std::string_view digest,
                  std::string_view signature);

/// HMAC with SHA-256, 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// `size` bytes that are made from a passphrase by PBKDF2 with HMAC-SHA-256.
std::string derive_key(std::string_view passphrase, std::string_view salt,
                       unsigned rounds, size_t size);

/// Encrypts or decrypts with AES-256 in counter mode: a key of 32 bytes, a
/// first counter of 16.
result<std::string> aes256_ctr(std::string_view bytes, std::string_view key,
                               std::string_view counter);

/// Compares in a time that says nothing of where they differ.
bool are_equal_secrets(std::string_view x, std::string_view y);

/// Encrypts with AES-256-GCM under a key made from `passphrase` by PBKDF2 with
/// HMAC-SHA-256. The answer holds all that `unseal` needs but the passphrase.
result<std::string> seal(std::string_view plain, std::string_view passphrase);

/// The plain text; an error when the passphrase is wrong or a byte differs.
result<std::string> unseal(std::string_view sealed,
                           std::string_view passphrase);

/// Encrypts with AES-256-GCM under a key of 32 bytes, which may be used for
/// some 2^32 texts.
result<std::string> seal_under(std::string_view key, std::string_view plain);

/// The plain text; an error when the key is another one or a byte differs.
result<std::string> unseal_under(std::string_view key, std::string_view sealed);

} // namespace troupe
