#include "config/language/language.hpp"
#include "config/language/library/digests.hpp"
#include "config/language/library/password.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/encodings.hpp"
#include "config/value/base64.hpp"
#include "platform/files.hpp"

#include <array>

namespace troupe {

namespace {

/// Text as the bytes that are hashed; text only, as Python has it.
result<value> digest(const value& x, std::string_view algorithm) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  auto out = named_digest(*shown, algorithm);
  if (!out)
    return failure(errc::filter, "unsupported hash type {}", algorithm);
  return value{std::move(*out)};
}

result<value> hash(evaluator&, const value& x, const bound_arguments& with) {
  auto name = with.text(0, "sha1");
  return name ? digest(x, *name) : name.why();
}

result<value> md5(evaluator&, const value& x, const bound_arguments&) {
  return digest(x, "md5");
}

result<value> sha1(evaluator&, const value& x, const bound_arguments&) {
  return digest(x, "sha1");
}

result<value> to_base64(evaluator&, const value& x,
                        const bound_arguments& with) {
  auto shown = as_display(x);
  auto encoding = with.text(0, "utf-8");
  if (!shown || !encoding)
    return shown ? encoding.why() : shown.why();
  auto bytes = encode_text(*shown, *encoding);
  if (!bytes)
    return bytes.why();
  return value{encode_base64(*bytes)};
}

result<value> from_base64(evaluator&, const value& x,
                          const bound_arguments& with) {
  auto shown = as_display(x);
  auto encoding = with.text(0, "utf-8");
  if (!shown || !encoding)
    return shown ? encoding.why() : shown.why();
  auto bytes = decode_base64(*shown);
  if (!bytes)
    return bytes.why();
  auto out = decode_text(*bytes, *encoding);
  return out ? result<value>{value{std::move(*out)}} : out.why();
}

result<value> password_hash(evaluator&, const value& x,
                            const bound_arguments& with) {
  if (!x.is_text() && !is_strict_undefined(x))
    return failure(errc::type, "secret must be unicode or bytes, not {}",
                   python_type(x));
  auto secret = as_display(x);
  auto kind = with.text(0, "sha512");
  auto salt = with.has(1) && !with[1].is_null() ? with.text(1)
                                                : result<std::string>{""};
  auto salt_size
    = with.has(2) && !with[2].is_null() ? with.integer(2) : result<int64_t>{0};
  auto rounds
    = with.has(3) && !with[3].is_null() ? with.integer(3) : result<int64_t>{0};
  auto ident = with.has(4) && !with[4].is_null() ? with.text(4)
                                                 : result<std::string>{""};
  for (auto* part : {&secret, &kind, &salt, &ident})
    if (!*part)
      return part->why();
  if (!salt_size || !rounds)
    return salt_size ? rounds.why() : salt_size.why();
  auto out
    = hash_password(*secret, {*kind, *salt, *salt_size, *rounds, *ident});
  return out ? result<value>{value{std::move(*out)}} : out.why();
}

std::optional<std::string> uuid_bytes(std::string_view x) {
  std::string digits;
  for (char c : x)
    if (c != '-' && c != '{' && c != '}')
      digits += c;
  if (digits.starts_with("urn:uuid:"))
    digits.erase(0, 9);
  if (digits.size() != 32
      || digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos)
    return std::nullopt;
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2)
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return out;
}

result<value> to_uuid(evaluator&, const value& x, const bound_arguments& with) {
  // The namespace that Ansible has chosen for itself.
  auto space = with.text(0, "361E6D51-FAEC-444A-9079-341386DA8E2E");
  auto shown = as_display(x);
  if (!space || !shown)
    return space ? shown.why() : space.why();
  auto bytes = uuid_bytes(*space);
  if (!bytes)
    return failure(errc::filter, "Invalid value '{}' for 'namespace'", *space);
  auto digest = digest_of(*bytes + *shown, "sha1");
  if (!digest)
    return digest.why();
  auto hex = digest->substr(0, 32);
  // Version 5, variant 1.
  hex[12] = '5';
  constexpr std::string_view variants = "89ab";
  auto nibble = hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10;
  hex[16] = variants[static_cast<size_t>(nibble & 3)];
  return value{fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                           hex.substr(12, 4), hex.substr(16, 4),
                           hex.substr(20))};
}

constexpr filter_row digest_filter_rows[] = {
  {"hash", "hashtype=", hash},
  {"md5", "", md5},
  {"sha1", "", sha1},
  {"checksum", "", sha1},
  {"b64encode", "encoding=", to_base64},
  {"b64decode", "encoding=", from_base64},
  {"password_hash", "hashtype= salt= salt_size= rounds= ident=", password_hash},
  {"to_uuid", "namespace=", to_uuid},
};

} // namespace

std::span<const filter_row> digest_filters() {
  return digest_filter_rows;
}

} // namespace troupe
