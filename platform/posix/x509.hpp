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

/// Adds the certificates of a PEM text; all of them have to be right.
result<void> parse_certificates(const std::string& pem,
                                owned_certificates& out);

/// Reads a private key in PEM.
result<void> parse_secret(const std::string& pem, owned_key& out);

/// What a parsed certificate says.
result<certificate_facts> facts_of(const mbedtls_x509_crt& certificate);

} // namespace troupe
