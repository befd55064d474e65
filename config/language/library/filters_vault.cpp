#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/vault/vault.hpp"

namespace troupe {

namespace {

constexpr std::string_view usual_label = "default";

/// The text and the password that the filters are given.
result<std::pair<std::string, std::string>>
read_texts(const value& x, const bound_arguments& with, const char* what) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!with[0].is_text())
    return failure(errc::type,
                   "Secret passed is required to be a string, instead we got: "
                   "<class '{}'>",
                   python_type(with[0]));
  if (!x.is_text())
    return failure(errc::type,
                   "Can only {} strings, instead we got: <class '{}'>", what,
                   python_type(x));
  return std::pair{x.as_string(), with[0].as_string()};
}

result<value> encrypt(evaluator&, const value& x, const bound_arguments& with) {
  auto given = read_texts(x, with, "vault");
  auto salt = with.has(1) && !with[1].is_null() ? with.text(1)
                                                : result<std::string>{""};
  auto label = with.text(2, "filter_default");
  if (!given || !salt || !label)
    return !given ? given.why() : !salt ? salt.why() : label.why();
  auto out = encrypt_vault(given->first, given->second,
                           *label == usual_label ? "" : *label, *salt);
  return out ? result<value>{value{std::move(*out)}} : out.why();
}

result<value> decrypt(evaluator&, const value& x, const bound_arguments& with) {
  auto given = read_texts(x, with, "unvault");
  auto label = with.text(1, "filter_default");
  if (!given || !label)
    return given ? label.why() : given.why();
  if (!is_vault_text(given->first))
    return x;
  vault one;
  one.add(*label, given->second);
  auto plain = one.open(given->first, "unvault");
  if (!plain)
    return failure(errc::filter, "Unable to decrypt: {}", plain.why().message);
  return value{std::move(*plain)};
}

constexpr filter_row vault_filter_rows[] = {
  {"vault", "secret salt= vaultid= wrap_object=", encrypt},
  {"unvault", "secret vaultid=", decrypt},
};

} // namespace

std::span<const filter_row> vault_filters() {
  return vault_filter_rows;
}

} // namespace troupe
