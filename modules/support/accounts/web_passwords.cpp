#include "modules/support/accounts/web_passwords.hpp"

#include "config/language/library/password.hpp"
#include "config/value/base64.hpp"
#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::string_view crypt_letters
  = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr std::string_view apache_mark = "$apr1$";

struct web_scheme {
  std::string_view name;
  /// How what it makes begins.
  std::string_view mark;
  /// Known by servers: read whatever else is asked for.
  bool usual;
  /// Read when the scheme that is asked for is one of those.
  bool read;
};

constexpr std::array<web_scheme, 8> web_schemes{{
  {"apr_md5_crypt", apache_mark, true, true},
  {"ldap_sha1", "{SHA}", true, true},
  {"des_crypt", "", true, true},
  {"plaintext", "", true, true},
  {"bcrypt", "$2b$", false, true},
  {"sha256_crypt", "$5$", false, true},
  {"sha512_crypt", "$6$", false, true},
  {"md5_crypt", "$1$", false, false},
}};

const web_scheme* find_web_scheme(std::string_view name) {
  for (auto& each : web_schemes)
    if (each.name == name)
      return &each;
  return nullptr;
}

result<std::string> raw_digest(std::string_view bytes,
                               std::string_view algorithm) {
  auto hex = digest_of(bytes, algorithm);
  return hex ? from_hex(*hex) : hex;
}

result<std::string> ldap_sha1(const std::string& password) {
  auto raw = raw_digest(password, "sha1");
  return raw ? "{SHA}" + encode_base64(*raw) : raw;
}

/// The sixteen bytes that Apache's variant of the MD5 of crypt(3) comes to, in
/// a thousand rounds.
result<std::string> apache_rounds(const std::string& password,
                                  const std::string& salt) {
  constexpr size_t size = 16;
  auto sum = raw_digest(password + salt + password, "md5");
  if (!sum)
    return sum;
  auto all = password + std::string{apache_mark} + salt;
  for (size_t at = 0; at < password.size(); at += size)
    all += sum->substr(0, password.size() - at);
  for (auto bits = password.size(); bits != 0; bits >>= 1)
    all += (bits & 1) != 0 ? '\0' : password[0];
  sum = raw_digest(all, "md5");
  for (int i = 0; sum && i < 1000; ++i) {
    auto odd = i % 2 != 0;
    auto next = odd ? password : *sum;
    if (i % 3 != 0)
      next += salt;
    if (i % 7 != 0)
      next += password;
    next += odd ? *sum : password;
    sum = raw_digest(next, "md5");
  }
  return sum;
}

/// As Apache writes it: the digest in an order of its own.
result<std::string> apache_md5(const std::string& password,
                               const std::string& salt) {
  auto sum = apache_rounds(password, salt);
  if (!sum)
    return sum;
  std::string out{apache_mark};
  out += salt + "$";
  auto put = [&](unsigned bits, int letters) {
    for (; letters > 0; --letters, bits >>= 6)
      out += crypt_letters[bits & 63];
  };
  auto byte = [&](size_t i) { return static_cast<unsigned char>((*sum)[i]); };
  for (size_t i = 0; i < 5; ++i)
    put(byte(i) << 16 | byte(i + 6) << 8 | byte(i == 4 ? 5 : i + 12), 4);
  put(byte(11), 2);
  return out;
}

/// Empty when there is none: then no hash of this kind is the same.
std::string apache_salt(const std::string& kept) {
  auto begin = apache_mark.size();
  auto end = kept.find('$', begin);
  return end == kept.npos ? std::string{} : kept.substr(begin, end - begin);
}

bool looks_like_des(const std::string& kept) {
  constexpr size_t length = 13;
  return kept.size() == length
         && kept.find_first_not_of(crypt_letters) == std::string::npos;
}

/// Which one has made it.
const web_scheme& scheme_of(const std::string& kept, const web_scheme& wanted) {
  for (auto& each : web_schemes) {
    if (&each != &wanted && !(wanted.usual ? each.read : each.usual))
      continue;
    auto is = each.name == "des_crypt" ? looks_like_des(kept)
              : each.name == "bcrypt"
                ? kept.starts_with("$2") && kept.find('$', 1) <= 3
                : !each.mark.empty() && kept.starts_with(each.mark);
    if (is)
      return each;
  }
  return *find_web_scheme("plaintext");
}

} // namespace

result<std::string> web_password(const std::string& password,
                                 std::string_view scheme) {
  auto* wanted = find_web_scheme(scheme);
  if (!wanted)
    return error{errc::unsupported,
                 fmt::format("crypt_scheme '{}' is not known here: there are "
                             "apr_md5_crypt, bcrypt, des_crypt, ldap_sha1, "
                             "md5_crypt, plaintext, sha256_crypt and "
                             "sha512_crypt",
                             scheme)};
  if (password.find('\0') != std::string::npos)
    return error{errc::invalid_argument, "a password cannot hold a NUL byte"};
  if (wanted->name == "plaintext") {
    if (password.find_first_of(":\r\n") == std::string::npos)
      return password;
    return error{errc::invalid_argument,
                 "a password that is kept as it is cannot hold a colon or a "
                 "line end"};
  }
  if (wanted->name == "ldap_sha1")
    return ldap_sha1(password);
  if (wanted->name == "apr_md5_crypt")
    return apache_md5(password, fresh_salt("apr_md5_crypt"));
  if (wanted->name != "des_crypt")
    return hash_password(password, {.kind = std::string{scheme}});
  auto out = crypt_text(password, fresh_salt("des_crypt").substr(0, 2));
  if (out.empty())
    return error{errc::system,
                 fmt::format("the password cannot be hashed by {}", scheme)};
  return out;
}

bool is_web_password(const std::string& password, const std::string& kept,
                     std::string_view scheme) {
  auto* wanted = find_web_scheme(scheme);
  if (!wanted || password.find('\0') != std::string::npos)
    return false;
  auto& made_by = scheme_of(kept, *wanted);
  if (made_by.name == "plaintext")
    return are_equal_secrets(kept, password);
  auto again = made_by.name == "ldap_sha1" ? ldap_sha1(password)
               : made_by.name == "apr_md5_crypt"
                 ? apache_md5(password, apache_salt(kept))
                 : result<std::string>{crypt_text(password, kept)};
  return again && are_equal_secrets(kept, *again);
}

} // namespace troupe
