#pragma once

#include "platform/crypto.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <string>

namespace troupe {

/// What a certificate says of who holds its key.
struct certificate_facts {
  /// Its only name: the URI in the subject's alternative names; empty: none.
  std::string uri;
  /// SHA-256 of the certificate, 64 hexadecimal digits.
  std::string fingerprint;
  /// Its number among those of its authority, in hexadecimal digits.
  std::string serial;
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
  /// May sign others.
  bool authority = false;
};

/// What a certificate is to say.
struct certificate_terms {
  /// At most 200 bytes of printable ASCII; for an authority what people call
  /// it.
  std::string name;
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};

/// A certificate and the private half of its key, both PEM.
struct certified_key {
  std::string certificate;
  std::string secret;
};

/// An authority of its own, which may sign holders' certificates but no other
/// authority's.
result<certified_key> make_authority(const certificate_terms& terms);

/// What a holder of `key` (PEM, private) sends to an authority: a PKCS #10
/// request, PEM. It names nobody: who it is for is the authority's decision.
result<std::string> make_request(const std::string& key);

/// The public point of a request whose signature is right; see `public_point`.
result<std::string> point_of_request(const std::string& request);

/// A certificate (PEM) for the key of `request`, whose only name is the URI
/// `terms.name`. Class `invalid_argument` when the request is not signed by
/// the key that is in it, or its curve is not P-256.
result<std::string> sign_request(const std::string& request,
                                 const certified_key& authority,
                                 const certificate_terms& terms);

/// Reads the first certificate of a PEM text. Class `permission_denied` when it
/// has several URIs as names.
result<certificate_facts> read_certificate(const std::string& pem);

} // namespace troupe
