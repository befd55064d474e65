#include "platform/crypto.hpp"
#include "platform/posix/crypto_error.hpp"

#include <mbedtls/gcm.h>

#include <cstring>

namespace troupe {

namespace {

// "troupe-sealed 1\n", salt, nonce, tag, cipher text; under a key the last
// three.
constexpr std::string_view mark = "troupe-sealed 1\n";
constexpr size_t salt_size = 16;
constexpr size_t nonce_size = 12;
constexpr size_t tag_size = 16;
constexpr size_t key_size = 32;
constexpr size_t header_size = mark.size() + salt_size + nonce_size + tag_size;
// A twentieth of a second on a common machine: what one guess costs at least.
constexpr unsigned rounds = 600'000;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// AES-256-GCM with a key that is forgotten with this object.
class cipher {
public:
  explicit cipher(std::string key) : key_{std::move(key)} {
    mbedtls_gcm_init(&gcm_);
    code_ = mbedtls_gcm_setkey(&gcm_, MBEDTLS_CIPHER_ID_AES, bytes_of(key_),
                               key_size * 8);
  }

  ~cipher() {
    mbedtls_gcm_free(&gcm_);
    wipe(key_);
  }

  cipher(const cipher&) = delete;
  cipher& operator=(const cipher&) = delete;

  int encrypt(std::string_view plain, std::string_view nonce, std::string& tag,
              std::string& out) {
    return code_ != 0
             ? code_
             : mbedtls_gcm_crypt_and_tag(
               &gcm_, MBEDTLS_GCM_ENCRYPT, plain.size(), bytes_of(nonce),
               nonce.size(), bytes_of(mark), mark.size(), bytes_of(plain),
               bytes_of(out), tag_size, bytes_of(tag));
  }

  int decrypt(std::string_view sealed, std::string_view nonce,
              std::string_view tag, std::string& out) {
    return code_ != 0
             ? code_
             : mbedtls_gcm_auth_decrypt(&gcm_, sealed.size(), bytes_of(nonce),
                                        nonce.size(), bytes_of(mark),
                                        mark.size(), bytes_of(tag), tag_size,
                                        bytes_of(sealed), bytes_of(out));
  }

private:
  mbedtls_gcm_context gcm_;
  std::string key_;
  int code_ = 0;
};

} // namespace

result<std::string> seal_under(std::string_view key, std::string_view plain) {
  auto nonce = random_bytes(nonce_size);
  if (!nonce)
    return nonce.why();
  cipher with{std::string{key}};
  std::string tag(tag_size, '\0');
  std::string out(plain.size(), '\0');
  if (auto code = with.encrypt(plain, *nonce, tag, out); code != 0)
    return crypto_error(code, "cannot encrypt");
  return *nonce + tag + out;
}

result<std::string> unseal_under(std::string_view key,
                                 std::string_view sealed) {
  if (key.size() != key_size || sealed.size() < nonce_size + tag_size)
    return error{errc::invalid_argument, "expected sealed bytes and their key"};
  cipher with{std::string{key}};
  auto text = sealed.substr(nonce_size + tag_size);
  std::string out(text.size(), '\0');
  if (with.decrypt(text, sealed.substr(0, nonce_size),
                   sealed.substr(nonce_size, tag_size), out)
      != 0) {
    wipe(out);
    return error{errc::permission_denied,
                 "cannot decrypt: the key is another one or the bytes were "
                 "altered"};
  }
  return out;
}

result<std::string> seal(std::string_view plain, std::string_view passphrase) {
  auto salt = random_bytes(salt_size);
  if (!salt)
    return salt.why();
  auto sealed
    = seal_under(derive_key(passphrase, *salt, rounds, key_size), plain);
  if (!sealed)
    return sealed.why();
  return std::string{mark} + *salt + *sealed;
}

result<std::string> unseal(std::string_view sealed,
                           std::string_view passphrase) {
  if (sealed.size() < header_size || !sealed.starts_with(mark))
    return error{errc::invalid_argument, "expected sealed bytes"};
  auto salt = sealed.substr(mark.size(), salt_size);
  auto out = unseal_under(derive_key(passphrase, salt, rounds, key_size),
                          sealed.substr(mark.size() + salt_size));
  if (!out)
    return error{errc::permission_denied,
                 "cannot decrypt: the passphrase is wrong or the bytes were "
                 "altered"};
  return out;
}

} // namespace troupe
