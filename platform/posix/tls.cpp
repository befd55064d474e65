#include "platform/tls.hpp"

#include "platform/posix/crypto_error.hpp"
#include "platform/posix/tls_context.hpp"

#include <arpa/inet.h>
#include <mbedtls/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace troupe {

namespace {

using owned_connection
  = mbedtls_owner<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;

/// The tag of an address among the alternative names (RFC 5280, 4.2.1.6).
constexpr unsigned char address_tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;

bool wants_more(int code) {
  return code == MBEDTLS_ERR_SSL_WANT_READ
         || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

} // namespace

struct tls_session::state {
  std::shared_ptr<const tls_context> context;
  std::string name;
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
    auto& x = *static_cast<state*>(self);
    if (x.context->web) {
      if (depth == 0 && !x.names_address(*certificate))
        *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
      return 0;
    }
    auto& into = x.authority;
    if (depth > 0 && into.empty()) {
      if (auto facts = facts_of(*certificate))
        into = facts->fingerprint;
      else
        *flags |= MBEDTLS_X509_BADCERT_OTHER;
    }
    return 0;
  }

  /// The number that `name` is; empty when it is a name.
  std::string address() const {
    std::array<char, 16> bytes{};
    if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1)
      return {bytes.data(), 4};
    if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1)
      return {bytes.data(), bytes.size()};
    return {};
  }

  /// Whether a certificate is for the address, which mbedTLS does not look at;
  /// true for names.
  bool names_address(const mbedtls_x509_crt& certificate) const {
    auto wanted = address();
    auto found = wanted.empty();
    for (auto* each = &certificate.subject_alt_names; each && !found;
         each = each->next)
      found = each->buf.tag == address_tag && each->buf.len == wanted.size()
              && std::equal(wanted.begin(), wanted.end(),
                            reinterpret_cast<const char*>(each->buf.p));
    return found;
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
    if (!shown || context->web) {
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

tls_session::tls_session(std::shared_ptr<const tls_context> context,
                         std::string name)
    : state_{std::make_unique<state>()} {
  state_->context = std::move(context);
  state_->name = std::move(name);
}

tls_session::~tls_session() = default;

result<void> tls_session::begin() {
  auto& x = *state_;
  auto code = mbedtls_ssl_setup(&x.connection.it, &x.context->config.it);
  if (code == 0 && x.context->web && x.address().empty())
    code = mbedtls_ssl_set_hostname(&x.connection.it, x.name.c_str());
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
