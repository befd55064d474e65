#pragma once

#include "platform/posix/x509.hpp"
#include "platform/tls.hpp"

#include <mbedtls/ssl.h>

namespace troupe {

using owned_config = mbedtls_owner<mbedtls_ssl_config, mbedtls_ssl_config_init,
                                   mbedtls_ssl_config_free>;

/// Terms of TLS as mbedTLS has them.
class tls_context {
public:
  // mbedTLS takes pointers that it may change, and does not.
  mutable owned_config config;
  owned_certificates own;
  owned_certificates authorities;
  owned_key secret;
  // A client of servers of the web, which are known by name.
  bool web = false;

  result<void> read_web(const https_terms& terms);
  result<void> read(tls_side side, const tls_terms& terms);

private:
  result<void> read_own(const certified_key& from);
  result<void> configure(tls_side side, const tls_terms& terms);
  /// What holds for all connections.
  result<void> finish(const certified_key& shown);
};

} // namespace troupe
