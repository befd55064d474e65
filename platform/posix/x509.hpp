#pragma once

#include "platform/certificates.hpp"

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

namespace troupe {

/// A structure of mbedTLS that is freed with this object.
template <class T, void (*Begin)(T*), void (*End)(T*)>
struct mbedtls_owner {
  mbedtls_owner() {
    Begin(&it);
  }

  ~mbedtls_owner() {
    End(&it);
  }

  mbedtls_owner(const mbedtls_owner&) = delete;
  mbedtls_owner& operator=(const mbedtls_owner&) = delete;

  T it;
};

using owned_certificates
  = mbedtls_owner<mbedtls_x509_crt, mbedtls_x509_crt_init,
                  mbedtls_x509_crt_free>;
using owned_key
  = mbedtls_owner<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;

/// The tag of a URI among the alternative names (RFC 5280, 4.2.1.6).
inline constexpr unsigned char uri_tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 6;

/// Bytes of a name at most.
inline constexpr size_t longest_holder_name = 200;

inline const unsigned char* as_bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.c_str());
}

/// Adds the certificates of a PEM text; all of them have to be right.
result<void> parse_certificates(const std::string& pem,
                                owned_certificates& out);

/// Reads a private key in PEM.
result<void> parse_secret(const std::string& pem, owned_key& out);

/// What a parsed certificate says; see `read_certificate`.
result<certificate_facts> facts_of(const mbedtls_x509_crt& certificate);

} // namespace troupe
