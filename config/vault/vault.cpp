#include "config/vault/vault.hpp"

#include "config/vault/vault_text.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr unsigned rounds = 10'000;
constexpr size_t salt_size = 32;
constexpr size_t key_size = 32;

/// The keys of one text, forgotten with this object.
class vault_keys {
public:
  vault_keys(std::string_view password, std::string_view salt)
      : all_{derive_key(password, salt, rounds, 2 * key_size + vault_block)} {
  }

  ~vault_keys() {
    wipe(all_);
  }

  vault_keys(const vault_keys&) = delete;
  vault_keys& operator=(const vault_keys&) = delete;

  std::string digest(std::string_view cipher) const {
    return hmac_sha256(part(key_size, key_size), cipher);
  }

  result<std::string> apply(std::string_view bytes) const {
    return aes256_ctr(bytes, part(0, key_size),
                      part(2 * key_size, vault_block));
  }

private:
  std::string all_;

  std::string_view part(size_t from, size_t size) const {
    return std::string_view{all_}.substr(from, size);
  }
};

/// Takes off what fills the last block; false when that is damaged.
bool take_padding_off(std::string& bytes) {
  size_t fill = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.back());
  if (fill == 0 || fill > vault_block || fill > bytes.size())
    return false;
  auto rest = bytes.size() - fill;
  auto good = std::all_of(
    bytes.begin() + static_cast<ptrdiff_t>(rest), bytes.end(),
    [&](char c) { return static_cast<unsigned char>(c) == fill; });
  if (good)
    bytes.resize(rest);
  return good;
}

/// The plain bytes; nothing when the password does not fit.
result<std::optional<std::string>> try_password(const vault_text& text,
                                                const std::string& password,
                                                std::string_view name) {
  vault_keys keys{password, text.salt};
  if (!are_equal_secrets(keys.digest(text.cipher), text.digest))
    return std::optional<std::string>{};
  auto plain = keys.apply(text.cipher);
  if (!plain)
    return plain.why();
  if (!take_padding_off(*plain)) {
    wipe(*plain);
    return error{
      errc::invalid_argument,
      fmt::format("{}: the end of the encrypted text is damaged", name)};
  }
  return std::optional{std::move(*plain)};
}

} // namespace

/// A password and its label.
struct labelled_password {
  std::string label;
  std::string password;
};

struct vault::known {
  std::vector<labelled_password> passwords;
  std::mutex mutex;
  std::vector<std::string> opened;

  /// In the order in which they are tried.
  std::vector<const labelled_password*> tried(std::string_view label) const {
    std::vector<const labelled_password*> out;
    for (auto of_label : {true, false})
      for (auto& each : passwords)
        if ((each.label == label) == of_label)
          out.push_back(&each);
    return out;
  }
};

vault::vault() : known_{std::make_unique<known>()} {
}

vault::~vault() {
  for (auto& each : known_->passwords)
    wipe(each.password);
  for (auto& each : known_->opened)
    wipe(each);
}

void vault::add(std::string label, std::string password) {
  known_->passwords.push_back({std::move(label), std::move(password)});
}

bool vault::empty() const {
  return known_->passwords.empty();
}

result<std::string> vault::open(std::string_view text,
                                std::string_view name) const {
  auto out = unlock(text, name);
  if (!out)
    return out.why();
  wipe(out->password);
  return std::move(out->plain);
}

result<vault::unlocked> vault::unlock(std::string_view text,
                                      std::string_view name) const {
  auto parsed = parse_vault_text(text, name);
  if (!parsed)
    return parsed.why();
  for (auto* each : known_->tried(parsed->label)) {
    auto plain = try_password(*parsed, each->password, name);
    if (!plain)
      return plain.why();
    if (!*plain)
      continue;
    return unlocked{std::move(**plain), parsed->label, each->password};
  }
  if (known_->passwords.empty())
    return no_vault_password(name);
  std::vector<std::string> labels;
  for (auto& each : known_->passwords)
    labels.push_back(each.label);
  return error{
    errc::permission_denied,
    fmt::format("{}: none of the passwords ({}) opens this{}: they "
                "are wrong, or the text was altered",
                name, fmt::join(labels, ", "),
                parsed->label.empty()
                  ? std::string{}
                  : fmt::format(", which has the label '{}'", parsed->label))};
}

void vault::remember(std::string text) const {
  std::lock_guard hold{known_->mutex};
  known_->opened.push_back(std::move(text));
}

std::vector<std::string> vault::known_secrets() const {
  std::vector<std::string> out;
  for (auto& each : known_->passwords)
    out.push_back(each.password);
  std::lock_guard hold{known_->mutex};
  out.insert(out.end(), known_->opened.begin(), known_->opened.end());
  return out;
}

error no_vault_password(std::string_view name) {
  return {errc::permission_denied,
          fmt::format("{}: encrypted with a vault, and no password was given: "
                      "say where it is with --vault-password-file, "
                      "--vault-id or --ask-vault-pass",
                      name)};
}

result<std::string> open_vault(const vault* secrets, std::string_view text,
                               std::string_view name) {
  static const vault none;
  return (secrets ? *secrets : none).open(text, name);
}

namespace {

/// What such values are known by.
const std::shared_ptr<const error_detail>& unopened_mark() {
  static const auto mark = std::make_shared<const error_detail>();
  return mark;
}

} // namespace

std::function<result<value>(std::string_view)>
value_opener(const vault* secrets) {
  return [secrets](std::string_view text) -> result<value> {
    auto plain = open_vault(secrets, text, "!vault");
    if (plain) {
      if (secrets)
        secrets->remember(*plain);
      // What was encrypted is a text, also with braces in it.
      return value::from_host(std::move(*plain));
    }
    // A playbook that does not use it needs no password for it.
    if (plain.why().code == errc::permission_denied)
      return value::undefined(
        undefined_info{plain.why().message, "", false, unopened_mark()});
    return plain.why();
  };
}

bool is_unopened(const value& x) {
  return x.is_undefined() && x.as_undefined().where == unopened_mark();
}

result<std::string> encrypt_vault(std::string_view plain,
                                  std::string_view password,
                                  std::string_view label,
                                  std::string_view fixed) {
  auto salt = fixed.empty() ? random_bytes(salt_size)
                            : result<std::string>{std::string{fixed}};
  if (!salt)
    return salt.why();
  vault_keys keys{password, *salt};
  std::string padded{plain};
  auto fill = vault_block - plain.size() % vault_block;
  padded.append(fill, static_cast<char>(fill));
  auto cipher = keys.apply(padded);
  wipe(padded);
  if (!cipher)
    return cipher.why();
  auto digest = keys.digest(*cipher);
  return to_text({std::string{label}, std::move(*salt), std::move(digest),
                  std::move(*cipher)});
}

} // namespace troupe
