#include "platform/crypto.hpp"
#include "platform/posix/crypto_error.hpp"

#include <fmt/format.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>

#include <cstring>

namespace troupe {

namespace {

constexpr size_t scalar_size = 32;
constexpr size_t point_size = 65;

/// A key of mbedTLS, freed with this object.
struct parsed_key {
  parsed_key() {
    mbedtls_pk_init(&it);
  }

  ~parsed_key() {
    mbedtls_pk_free(&it);
  }

  parsed_key(const parsed_key&) = delete;
  parsed_key& operator=(const parsed_key&) = delete;

  mbedtls_ecp_keypair* pair() {
    return mbedtls_pk_ec(it);
  }

  mbedtls_pk_context it;
};

/// The numbers of a signature, freed with this object.
struct signature_numbers {
  signature_numbers() {
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
  }

  ~signature_numbers() {
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
  }

  signature_numbers(const signature_numbers&) = delete;
  signature_numbers& operator=(const signature_numbers&) = delete;

  mbedtls_mpi r;
  mbedtls_mpi s;
};

const unsigned char* signature_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

result<void> parse(const std::string& pem, parsed_key& key) {
  // mbedTLS wants the ending zero counted.
  auto length = pem.size() + 1;
  auto code
    = pem.find("PRIVATE KEY") == std::string::npos
        ? mbedtls_pk_parse_public_key(&key.it, signature_bytes(pem), length)
        : mbedtls_pk_parse_key(&key.it, signature_bytes(pem), length, nullptr,
                               0);
  if (code != 0)
    return crypto_error(code, "expected a key in PEM form");
  if (!mbedtls_pk_can_do(&key.it, MBEDTLS_PK_ECDSA)
      || key.pair()->grp.id != MBEDTLS_ECP_DP_SECP256R1)
    return error{errc::invalid_argument,
                 "expected a key of the curve P-256, as 'troupe key new' makes "
                 "it"};
  return {};
}

} // namespace

error crypto_error(int number, std::string_view what) {
  char words[160] = {};
  mbedtls_strerror(number, words, sizeof words);
  return {errc::invalid_argument, fmt::format("{}: {}", what, words)};
}

int random_for_mbedtls(void*, unsigned char* out, size_t count) {
  auto bytes = random_bytes(count);
  if (!bytes)
    return MBEDTLS_ERR_ECP_RANDOM_FAILED;
  std::memcpy(out, bytes->data(), count);
  wipe(*bytes);
  return 0;
}

result<key_pair> make_key_pair() {
  parsed_key key;
  auto code
    = mbedtls_pk_setup(&key.it, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (code == 0)
    code = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, key.pair(),
                               random_for_mbedtls, nullptr);
  unsigned char text[1024];
  key_pair out;
  if (code == 0)
    code = mbedtls_pk_write_key_pem(&key.it, text, sizeof text);
  if (code == 0) {
    out.secret = reinterpret_cast<char*>(text);
    code = mbedtls_pk_write_pubkey_pem(&key.it, text, sizeof text);
  }
  if (code != 0)
    return crypto_error(code, "cannot make a key");
  out.open = reinterpret_cast<char*>(text);
  return out;
}

result<std::string> public_point(const std::string& pem) {
  parsed_key key;
  if (auto ok = parse(pem, key); !ok)
    return ok.why();
  std::string out(point_size, '\0');
  size_t length = 0;
  auto code = mbedtls_ecp_point_write_binary(
    &key.pair()->grp, &key.pair()->Q, MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
    reinterpret_cast<unsigned char*>(out.data()), out.size());
  if (code != 0)
    return crypto_error(code, "cannot read the public key");
  return out;
}

result<std::string> sign_digest(const std::string& secret_pem,
                                std::string_view digest) {
  parsed_key key;
  if (auto ok = parse(secret_pem, key); !ok)
    return ok.why();
  if (mbedtls_mpi_cmp_int(&key.pair()->d, 0) == 0)
    return error{errc::invalid_argument,
                 "expected a private key, found a public one"};
  signature_numbers made;
  auto code = mbedtls_ecdsa_sign(&key.pair()->grp, &made.r, &made.s,
                                 &key.pair()->d, signature_bytes(digest),
                                 digest.size(), random_for_mbedtls, nullptr);
  std::string out(2 * scalar_size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  if (code == 0)
    code = mbedtls_mpi_write_binary(&made.r, to, scalar_size);
  if (code == 0)
    code = mbedtls_mpi_write_binary(&made.s, to + scalar_size, scalar_size);
  if (code != 0)
    return crypto_error(code, "cannot sign");
  return out;
}

bool is_signed_by(std::string_view point, std::string_view digest,
                  std::string_view signature) {
  if (point.size() != point_size || signature.size() != 2 * scalar_size)
    return false;
  parsed_key key;
  signature_numbers given;
  auto code
    = mbedtls_pk_setup(&key.it, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (code == 0)
    code = mbedtls_ecp_group_load(&key.pair()->grp, MBEDTLS_ECP_DP_SECP256R1);
  if (code == 0)
    code = mbedtls_ecp_point_read_binary(&key.pair()->grp, &key.pair()->Q,
                                         signature_bytes(point), point.size());
  if (code == 0)
    code = mbedtls_ecp_check_pubkey(&key.pair()->grp, &key.pair()->Q);
  if (code == 0)
    code = mbedtls_mpi_read_binary(&given.r, signature_bytes(signature),
                                   scalar_size);
  if (code == 0)
    code = mbedtls_mpi_read_binary(
      &given.s, signature_bytes(signature.substr(scalar_size)), scalar_size);
  return code == 0
         && mbedtls_ecdsa_verify(&key.pair()->grp, signature_bytes(digest),
                                 digest.size(), &key.pair()->Q, &given.r,
                                 &given.s)
              == 0;
}

} // namespace troupe
