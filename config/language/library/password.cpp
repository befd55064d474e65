#include "config/language/library/password.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/value/work_meter.hpp"

#include <crypt.h>

#include <array>
#include <memory>

namespace troupe {

namespace {

constexpr std::string_view salt_letters
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./";

struct scheme {
  std::string_view name;
  std::string_view long_name;
  std::string_view ident;
  size_t salt_size;
  int64_t usual_rounds;
};

constexpr std::array<scheme, 4> schemes{{
  {"md5", "md5_crypt", "1", 8, 0},
  {"blowfish", "bcrypt", "2b", 22, 12},
  {"sha256", "sha256_crypt", "5", 16, 535000},
  {"sha512", "sha512_crypt", "6", 16, 656000},
}};

std::string random_salt(size_t size) {
  auto source = mersenne::unseeded();
  std::string out;
  for (size_t i = 0; i < size; ++i)
    out += salt_letters[source.below(salt_letters.size())];
  return out;
}

const scheme* find_scheme(const std::string& kind) {
  for (auto& candidate : schemes)
    if (kind == candidate.name || kind == candidate.long_name)
      return &candidate;
  return nullptr;
}

/// The last letter of a bcrypt salt holds two bits only.
void repair_bcrypt_salt(std::string& salt) {
  constexpr std::string_view order
    = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  auto i = order.find(salt.back());
  salt.back() = order[i & ~size_t{15}];
}

result<std::string> settings_of(const scheme& kind,
                                const password_options& how) {
  auto salt = how.salt;
  if (how.salt_size > static_cast<int64_t>(kind.salt_size))
    return failure(errc::filter, "invalid salt size");
  if (salt.empty())
    salt = random_salt(how.salt_size > 0 ? static_cast<size_t>(how.salt_size)
                                         : kind.salt_size);
  if (salt.find_first_not_of(salt_letters) != salt.npos)
    return failure(errc::filter, "invalid characters in salt");
  auto bcrypt = kind.name == "blowfish";
  if (bcrypt ? salt.size() != kind.salt_size : salt.size() > kind.salt_size)
    return failure(errc::filter, "invalid salt size");
  auto rounds = how.rounds > 0 ? how.rounds : kind.usual_rounds;
  auto ident
    = bcrypt && !how.ident.empty() ? std::string_view{how.ident} : kind.ident;
  if (bcrypt) {
    repair_bcrypt_salt(salt);
    if (rounds < 4 || rounds > 31)
      return failure(errc::filter, "rounds must be between 4 and 31");
    // Each is twice as many as the one before.
    constexpr uint64_t visits_for_one = 256;
    work_meter::visit(visits_for_one << rounds);
    return fmt::format("${}${:02}${}", ident, rounds, salt);
  }
  if (kind.usual_rounds == 0)
    return fmt::format("${}${}", ident, salt);
  if (rounds < 1000 || rounds > 999'999'999)
    return failure(errc::filter, "rounds must be between 1000 and 999999999");
  constexpr uint64_t visits_for_each = 4;
  work_meter::visit(visits_for_each * static_cast<uint64_t>(rounds));
  // What the format means without a number is not written.
  constexpr int64_t unwritten = 5000;
  if (rounds == unwritten)
    return fmt::format("${}${}", ident, salt);
  return fmt::format("${}$rounds={}${}", ident, rounds, salt);
}

} // namespace

std::string fresh_salt(const std::string& kind) {
  constexpr size_t usual_size = 8;
  auto* known = find_scheme(kind);
  return random_salt(known ? known->salt_size : usual_size);
}

std::string usual_ident(const std::string& kind) {
  auto* known = find_scheme(kind);
  return known && known->name == "blowfish" ? std::string{known->ident} : "";
}

std::string crypt_text(const std::string& secret, const std::string& settings) {
  if (secret.find('\0') != secret.npos)
    return {};
  auto memory = std::make_unique<crypt_data>();
  auto* out = crypt_r(secret.c_str(), settings.c_str(), memory.get());
  return out && out[0] != '*' ? out : "";
}

result<std::string> hash_password(const std::string& secret,
                                  const password_options& how) {
  auto* kind = find_scheme(how.kind);
  if (!kind)
    return failure(errc::filter, "password_hash does not support '{}'",
                   how.kind);
  auto settings = settings_of(*kind, how);
  if (!settings)
    return settings;
  if (!work_meter::is_good())
    return std::string{};
  auto out = crypt_text(secret, *settings);
  if (out.empty())
    return failure(errc::filter, "the password cannot be hashed with '{}'",
                   how.kind);
  return out;
}

} // namespace troupe
