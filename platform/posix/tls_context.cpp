#include "platform/posix/tls_context.hpp"

#include "platform/posix/crypto_error.hpp"

#include <array>

namespace troupe {

namespace {

// Fresh keys for each connection, and nothing that needs padding.
constexpr std::array<int, 4> suites{
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 0};

constexpr std::array<mbedtls_ecp_group_id, 2> curves{MBEDTLS_ECP_DP_SECP256R1,
                                                     MBEDTLS_ECP_DP_NONE};

error placed(error why, std::string_view where) {
  why.message = std::string{where} + ": " + why.message;
  return why;
}

} // namespace

result<void> tls_context::read_web(const https_terms& terms) {
  web = true;
  if (terms.verify
      && mbedtls_x509_crt_parse(&authorities.it, as_bytes(terms.authorities),
                                terms.authorities.size() + 1)
           < 0)
    return error{errc::not_found,
                 "there is no certificate of an authority to verify with"};
  if (auto ok = read_own(terms.own); !ok)
    return ok;
  auto& x = config.it;
  auto code = mbedtls_ssl_config_defaults(&x, MBEDTLS_SSL_IS_CLIENT,
                                          MBEDTLS_SSL_TRANSPORT_STREAM,
                                          MBEDTLS_SSL_PRESET_DEFAULT);
  if (code != 0)
    return crypto_error(code, "cannot prepare TLS");
  mbedtls_ssl_conf_authmode(&x, terms.verify ? MBEDTLS_SSL_VERIFY_REQUIRED
                                             : MBEDTLS_SSL_VERIFY_NONE);
  return finish(terms.own);
}

result<void> tls_context::read(tls_side side, const tls_terms& terms) {
  if (auto ok = parse_certificates(terms.authorities, authorities); !ok)
    return placed(ok.why(), "the authorities");
  if (auto ok = read_own(terms.own); !ok)
    return ok;
  if (terms.own.certificate.empty() && side == tls_side::listens)
    return error{errc::missing_argument,
                 "who listens needs a certificate and its key"};
  return configure(side, terms);
}

result<void> tls_context::read_own(const certified_key& from) {
  if (from.certificate.empty())
    return {};
  if (auto ok = parse_certificates(from.certificate, own); !ok)
    return placed(ok.why(), "the own certificate");
  if (auto ok = parse_secret(from.secret, secret); !ok)
    return placed(ok.why(), "the own key");
  if (mbedtls_pk_check_pair(&own.it.pk, &secret.it) != 0)
    return error{errc::invalid_argument,
                 "the own key does not belong to the own certificate"};
  return {};
}

result<void> tls_context::configure(tls_side side, const tls_terms& terms) {
  auto& x = config.it;
  auto listens = side == tls_side::listens;
  auto code = mbedtls_ssl_config_defaults(
    &x, listens ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  if (code != 0)
    return crypto_error(code, "cannot prepare TLS");
  mbedtls_ssl_conf_ciphersuites(&x, suites.data());
  mbedtls_ssl_conf_curves(&x, curves.data());
  mbedtls_ssl_conf_authmode(&x, listens && terms.strangers
                                  ? MBEDTLS_SSL_VERIFY_OPTIONAL
                                  : MBEDTLS_SSL_VERIFY_REQUIRED);
  return finish(terms.own);
}

result<void> tls_context::finish(const certified_key& shown) {
  auto& x = config.it;
  mbedtls_ssl_conf_min_version(&x, MBEDTLS_SSL_MAJOR_VERSION_3,
                               MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_rng(&x, random_for_mbedtls, nullptr);
  mbedtls_ssl_conf_renegotiation(&x, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  mbedtls_ssl_conf_session_tickets(&x, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  mbedtls_ssl_conf_ca_chain(&x, &authorities.it, nullptr);
  auto code = 0;
  if (!shown.certificate.empty())
    code = mbedtls_ssl_conf_own_cert(&x, &own.it, &secret.it);
  if (code != 0)
    return crypto_error(code, "cannot use the own certificate");
  return {};
}

result<std::shared_ptr<const tls_context>> make_tls(tls_side side,
                                                    const tls_terms& terms) {
  auto out = std::make_shared<tls_context>();
  if (auto ok = out->read(side, terms); !ok)
    return ok.why();
  return std::shared_ptr<const tls_context>{std::move(out)};
}

result<std::shared_ptr<const tls_context>>
make_web_tls(const https_terms& terms) {
  auto out = std::make_shared<tls_context>();
  if (auto ok = out->read_web(terms); !ok)
    return ok.why();
  return std::shared_ptr<const tls_context>{std::move(out)};
}

} // namespace troupe
