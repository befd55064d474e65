#include "platform/tls.hpp"

#include "platform/posix/crypto_error.hpp"
#include "platform/posix/x509.hpp"

#include <mbedtls/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace troupe {

namespace {

using owned_config = mbedtls_owner<mbedtls_ssl_config, mbedtls_ssl_config_init,
                                   mbedtls_ssl_config_free>;
using owned_connection
  = mbedtls_owner<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;

// Fresh keys for each connection, and nothing that needs padding.
constexpr std::array<int, 4> suites{
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 0};

constexpr std::array<mbedtls_ecp_group_id, 2> curves{MBEDTLS_ECP_DP_SECP256R1,
                                                     MBEDTLS_ECP_DP_NONE};

bool wants_more(int code) {
  return code == MBEDTLS_ERR_SSL_WANT_READ
         || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

} // namespace

class tls_context {
public:
  // mbedTLS takes pointers that it may change, and does not.
  mutable owned_config config;
  owned_certificates own;
  owned_certificates authorities;
  owned_key secret;

  result<void> read(tls_side side, const tls_terms& terms) {
    if (auto ok = parse_certificates(terms.authorities, authorities); !ok)
      return placed(ok.why(), "the authorities");
    if (!terms.own.certificate.empty()) {
      if (auto ok = parse_certificates(terms.own.certificate, own); !ok)
        return placed(ok.why(), "the own certificate");
      if (auto ok = parse_secret(terms.own.secret, secret); !ok)
        return placed(ok.why(), "the own key");
      if (mbedtls_pk_check_pair(&own.it.pk, &secret.it) != 0)
        return error{errc::invalid_argument,
                     "the own key does not belong to the own certificate"};
    } else if (side == tls_side::listens) {
      return error{errc::missing_argument,
                   "who listens needs a certificate and its key"};
    }
    return configure(side, terms);
  }

private:
  static error placed(error why, std::string_view where) {
    why.message = std::string{where} + ": " + why.message;
    return why;
  }

  result<void> configure(tls_side side, const tls_terms& terms) {
    auto& x = config.it;
    auto listens = side == tls_side::listens;
    auto code = mbedtls_ssl_config_defaults(
      &x, listens ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (code != 0)
      return crypto_error(code, "cannot prepare TLS");
    mbedtls_ssl_conf_min_version(&x, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_ciphersuites(&x, suites.data());
    mbedtls_ssl_conf_curves(&x, curves.data());
    mbedtls_ssl_conf_rng(&x, random_for_mbedtls, nullptr);
    mbedtls_ssl_conf_renegotiation(&x, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    mbedtls_ssl_conf_session_tickets(&x, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
    mbedtls_ssl_conf_ca_chain(&x, &authorities.it, nullptr);
    mbedtls_ssl_conf_authmode(&x, listens && terms.strangers
                                    ? MBEDTLS_SSL_VERIFY_OPTIONAL
                                    : MBEDTLS_SSL_VERIFY_REQUIRED);
    if (!terms.own.certificate.empty())
      code = mbedtls_ssl_conf_own_cert(&x, &own.it, &secret.it);
    if (code != 0)
      return crypto_error(code, "cannot use the own certificate");
    return {};
  }
};

result<std::shared_ptr<const tls_context>> make_tls(tls_side side,
                                                    const tls_terms& terms) {
  auto out = std::make_shared<tls_context>();
  if (auto ok = out->read(side, terms); !ok)
    return ok.why();
  return std::shared_ptr<const tls_context>{std::move(out)};
}

struct tls_session::state {
  std::shared_ptr<const tls_context> context;
  owned_connection connection;
  // What came and was not read yet, and how much of it was.
  std::string_view arrived;
  std::string output;
  std::optional<tls_peer> peer;
  // Of the authority at the top of the chain that was verified.
  std::string authority;
  bool ended = false;

  static int put(void* self, const unsigned char* bytes, size_t count) {
    static_cast<state*>(self)->output.append(
      reinterpret_cast<const char*>(bytes), count);
    return static_cast<int>(count);
  }

  static int get(void* self, unsigned char* bytes, size_t count) {
    auto& from = static_cast<state*>(self)->arrived;
    if (from.empty())
      return MBEDTLS_ERR_SSL_WANT_READ;
    auto n = std::min(count, from.size());
    std::memcpy(bytes, from.data(), n);
    from.remove_prefix(n);
    return static_cast<int>(n);
  }

  /// Called from the top of a chain down to the holder.
  static int verify(void* self, mbedtls_x509_crt* certificate, int depth,
                    uint32_t* flags) {
    auto& into = static_cast<state*>(self)->authority;
    if (depth > 0 && into.empty()) {
      if (auto facts = facts_of(*certificate))
        into = facts->fingerprint;
      else
        *flags |= MBEDTLS_X509_BADCERT_OTHER;
    }
    return 0;
  }

  error refused(int code) {
    auto flags = mbedtls_ssl_get_verify_result(&connection.it);
    auto asked = flags != 0 && flags != static_cast<uint32_t>(-1);
    // The second one is what a key of another curve gets.
    auto about_it = code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED
                    || code == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE;
    if (!about_it || !asked)
      return crypto_error(code, "TLS");
    char words[256] = {};
    mbedtls_x509_crt_verify_info(words, sizeof words, "", flags);
    std::string text{words};
    if (auto end = text.find('\n'); end != std::string::npos)
      text.resize(end);
    return {errc::permission_denied,
            "the other side's certificate is not accepted: " + text};
  }

  result<void> shake_hands() {
    auto code = mbedtls_ssl_handshake(&connection.it);
    if (wants_more(code))
      return {};
    if (code != 0)
      return refused(code);
    return meet();
  }

  /// Looks at whom the handshake was made with.
  result<void> meet() {
    auto* shown = mbedtls_ssl_get_peer_cert(&connection.it);
    if (!shown) {
      peer.emplace();
      return {};
    }
    // Where strangers are let in, one that shows something wrong is none.
    if (mbedtls_ssl_get_verify_result(&connection.it) != 0)
      return refused(MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    auto facts = facts_of(*shown);
    if (!facts)
      return facts.why();
    peer = tls_peer{std::move(*facts), authority};
    return {};
  }

  result<void> read(std::string& plain) {
    for (std::array<char, 4096> part;;) {
      auto code = mbedtls_ssl_read(
        &connection.it, reinterpret_cast<unsigned char*>(part.data()),
        part.size());
      if (wants_more(code))
        return {};
      if (code == 0 || code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        ended = true;
        return {};
      }
      if (code < 0)
        return crypto_error(code, "TLS");
      plain.append(part.data(), static_cast<size_t>(code));
    }
  }
};

tls_session::tls_session(std::shared_ptr<const tls_context> context)
    : state_{std::make_unique<state>()} {
  state_->context = std::move(context);
}

tls_session::~tls_session() = default;

result<void> tls_session::begin() {
  auto& x = *state_;
  auto code = mbedtls_ssl_setup(&x.connection.it, &x.context->config.it);
  if (code != 0)
    return crypto_error(code, "cannot begin TLS");
  mbedtls_ssl_set_bio(&x.connection.it, &x, state::put, state::get, nullptr);
  mbedtls_ssl_set_verify(&x.connection.it, state::verify, &x);
  return x.shake_hands();
}

result<void> tls_session::receive(std::string_view bytes, std::string& plain) {
  auto& x = *state_;
  x.arrived = bytes;
  if (!x.peer)
    if (auto ok = x.shake_hands(); !ok)
      return ok;
  auto before = plain.size();
  auto ok = x.peer && !x.ended ? x.read(plain) : result<void>{};
  if (!ok)
    plain.resize(before);
  x.arrived = {};
  return ok;
}

bool tls_session::open() const {
  return state_->peer.has_value();
}

const tls_peer* tls_session::peer() const {
  return state_->peer ? &*state_->peer : nullptr;
}

bool tls_session::ended() const {
  return state_->ended;
}

result<void> tls_session::send(std::string_view plain) {
  auto& x = *state_;
  if (!x.peer)
    return error{errc::invalid_argument,
                 "nothing can be sent before both sides know each other"};
  while (!plain.empty()) {
    auto code = mbedtls_ssl_write(
      &x.connection.it, reinterpret_cast<const unsigned char*>(plain.data()),
      plain.size());
    if (code < 0)
      return crypto_error(code, "TLS");
    plain.remove_prefix(static_cast<size_t>(code));
  }
  return {};
}

void tls_session::close() {
  if (state_->peer)
    mbedtls_ssl_close_notify(&state_->connection.it);
}

std::string tls_session::take_output() {
  return std::exchange(state_->output, {});
}

} // namespace troupe
