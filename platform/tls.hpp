#pragma once

#include "platform/certificates.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Who begins the connection; the other side presents its certificate first.
enum class tls_side : uint8_t { dials, listens };

/// Under what connections are made: TLS 1.2 with keys of the curve P-256.
struct tls_terms {
  /// What this side shows of itself. May be without one only where a host has
  /// none yet (`tls_side::dials`).
  certified_key own;
  /// Certificates (PEM) of the authorities whose holders are let in.
  std::string authorities;
  /// Let in also who has no certificate: `tls_session::peer` then has no URI.
  /// For `tls_side::listens`, where hosts ask for one.
  bool strangers = false;
};

/// Terms that were read once, for any number of connections at once.
class tls_context;

/// An error says which part could not be read.
result<std::shared_ptr<const tls_context>> make_tls(tls_side side,
                                                    const tls_terms& terms);

/// For a client of servers of the web: all that TLS 1.2 has and this library
/// holds for safe. Authorities that it cannot read are passed over.
result<std::shared_ptr<const tls_context>>
make_web_tls(const https_terms& terms);

/// Who is at the other end.
struct tls_peer {
  /// What its certificate says; all empty for a stranger.
  certificate_facts holder;
  /// `certificate_facts::fingerprint` of the authority that signed it.
  std::string authority;
};

/// One connection, without a socket: bytes of the network in, bytes for the
/// network out. Holds some 40 kB. Used by one thread at a time.
class tls_session {
public:
  /// `name`: whom a client of the web wants to speak with, a name or an
  /// address.
  explicit tls_session(std::shared_ptr<const tls_context> context,
                       std::string name = {});
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Begins; the side that dials has something to send then.
  result<void> begin();

  /// Takes what came from the network and adds to `plain` what it says. An
  /// error ends the session: nothing of what came with it was said. Class
  /// `permission_denied` when the certificate is not accepted.
  result<void> receive(std::string_view bytes, std::string& plain);

  /// Whether both sides have shown who they are. Nothing can be sent before.
  bool open() const;

  /// Null before it is open.
  const tls_peer* peer() const;

  /// Whether the other side has said that it sends no more.
  bool ended() const;

  result<void> send(std::string_view plain);

  /// Tells the other side that nothing more comes.
  void close();

  /// What has to go to the network; what was taken is not kept.
  std::string take_output();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace troupe
