#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// How `password_hash` and the password lookup hash; empty or zero means the
/// usual.
struct password_options {
  /// "md5", "blowfish", "sha256", "sha512" or the long names of these.
  std::string kind = "sha512";
  std::string salt;
  int64_t salt_size = 0;
  int64_t rounds = 0;
  std::string ident;
};

/// A new salt, as long as the kind wants it; of 8 letters when there is no such
/// kind.
std::string fresh_salt(const std::string& kind);

/// The ident that a kind is kept with when nobody names one; empty for all but
/// bcrypt, the only one that has several.
std::string usual_ident(const std::string& kind);

/// What libcrypt makes of a secret with these settings (`$6$SALT`, or a hash
/// that is there); empty when it knows no such settings, or the secret has a
/// NUL byte.
std::string crypt_text(const std::string& secret, const std::string& settings);

/// A hash as /etc/shadow has it, made by libcrypt.
result<std::string> hash_password(const std::string& secret,
                                  const password_options& how);

} // namespace troupe
