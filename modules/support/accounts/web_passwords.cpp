#include "modules/support/accounts/web_passwords.hpp"

#include "config/value/base64.hpp"
#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <crypt.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace troupe {

namespace {

constexpr std::string_view crypt_letters
  = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct web_scheme {
  std::string_view name;
  /// How what it makes begins.
  std::string_view mark;
  /// What stands between that and the salt.
  std::string_view rounds;
  size_t salt_size;
  /// Known by servers: read whatever else is asked for.
  bool usual;
  /// Read when the scheme that is asked for is one of those.
  bool read;
};

constexpr std::array<web_scheme, 8> web_schemes{{
  {"apr_md5_crypt", "$apr1$", "", 8, true, true},
  {"ldap_sha1", "{SHA}", "", 0, true, true},
  {"des_crypt", "", "", 2, true, true},
  {"plaintext", "", "", 0, true, true},
  {"bcrypt", "$2b$", "12$", 22, false, true},
  {"sha256_crypt", "$5$", "rounds=535000$", 16, false, true},
  {"sha512_crypt", "$6$", "rounds=656000$", 16, false, true},
  {"md5_crypt", "$1$", "", 8, false, false},
}};

const web_scheme* find_web_scheme(std::string_view name) {
  for (auto& each : web_schemes)
    if (each.name == name)
      return &each;
  return nullptr;
}

result<std::string> web_salt(size_t size) {
  auto bytes = random_bytes(size);
  if (!bytes)
    return bytes;
  for (auto& each : *bytes)
    each = crypt_letters[static_cast<unsigned char>(each) % 64];
  // The last letter of bcrypt's holds two bits only.
  if (size == 22)
    bytes->back() = ".Oeu"[static_cast<unsigned char>(bytes->back()) % 4];
  return bytes;
}

std::string raw_digest(std::string_view bytes, std::string_view algorithm) {
  auto hex = digest_of(bytes, algorithm);
  auto raw = hex ? from_hex(*hex) : hex;
  return raw ? *raw : std::string(16, '\0');
}

/// Apache's variant of the MD5 that crypt(3) has: a thousand rounds, the digest
/// in an order of its own.
std::string apache_md5(const std::string& password, const std::string& salt) {
  constexpr std::string_view mark = "$apr1$";
  auto md5 = [](const std::string& bytes) { return raw_digest(bytes, "md5"); };
  auto inner = md5(password + salt + password);
  auto all = password + std::string{mark} + salt;
  for (size_t left = password.size(); left > 0;
       left -= std::min<size_t>(left, 16))
    all += inner.substr(0, std::min<size_t>(left, 16));
  for (auto bits = password.size(); bits != 0; bits >>= 1)
    all += (bits & 1) != 0 ? '\0' : password[0];
  auto sum = md5(all);
  for (int i = 0; i < 1000; ++i) {
    auto odd = i % 2 != 0;
    auto next = odd ? password : sum;
    if (i % 3 != 0)
      next += salt;
    if (i % 7 != 0)
      next += password;
    next += odd ? sum : password;
    sum = md5(next);
  }
  std::string out{mark};
  out += salt + "$";
  auto put = [&](unsigned bits, int letters) {
    for (; letters > 0; --letters, bits >>= 6)
      out += crypt_letters[bits & 63];
  };
  auto byte = [&](size_t i) { return static_cast<unsigned char>(sum[i]); };
  for (size_t i = 0; i < 5; ++i)
    put(byte(i) << 16 | byte(i + 6) << 8 | byte(i == 4 ? 5 : i + 12), 4);
  put(byte(11), 2);
  return out;
}

/// What crypt(3) makes of it; empty when it knows no such settings.
std::string crypt_text(const std::string& password,
                       const std::string& settings) {
  auto memory = std::make_unique<crypt_data>();
  auto* out = crypt_r(password.c_str(), settings.c_str(), memory.get());
  return out && out[0] != '*' ? out : "";
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
    return "{SHA}" + encode_base64(raw_digest(password, "sha1"));
  auto salt = web_salt(wanted->salt_size);
  if (!salt)
    return salt;
  if (wanted->name == "apr_md5_crypt")
    return apache_md5(password, *salt);
  auto out = crypt_text(
    password, fmt::format("{}{}{}", wanted->mark, wanted->rounds, *salt));
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
  if (made_by.name == "ldap_sha1")
    return are_equal_secrets(
      kept, "{SHA}" + encode_base64(raw_digest(password, "sha1")));
  if (made_by.name == "apr_md5_crypt") {
    auto begin = made_by.mark.size();
    auto end = kept.find('$', begin);
    return end != std::string::npos
           && are_equal_secrets(
             kept, apache_md5(password, kept.substr(begin, end - begin)));
  }
  return are_equal_secrets(kept, crypt_text(password, kept));
}

} // namespace troupe
