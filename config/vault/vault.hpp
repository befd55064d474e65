#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The passwords of a run, each with the label that texts may name, and those
/// of the opened texts that nobody is to read. May be used from any thread.
class vault {
public:
  vault();
  /// Overwrites the passwords and what was opened.
  ~vault();
  vault(const vault&) = delete;
  vault& operator=(const vault&) = delete;

  /// Adds a password; those that were added first are tried first. A label may
  /// have several.
  void add(std::string label, std::string password);

  bool empty() const;

  /// The plain bytes of an encrypted text. The password of its label is tried
  /// first, then all others. `name` is what messages call the text: a file.
  /// Fails when no password fits, and with the place of what is wrong when it
  /// is no such text.
  result<std::string> open(std::string_view text, std::string_view name) const;

  /// The same with the password that opened it, to encrypt it again.
  struct unlocked {
    std::string plain;
    std::string label;
    std::string password;
  };
  result<unlocked> unlock(std::string_view text, std::string_view name) const;

  /// Keeps in mind a text that was opened, for `known_secrets`.
  void remember(std::string text) const;

  /// The passwords, and what was remembered: what nobody may read.
  std::vector<std::string> known_secrets() const;

private:
  struct known;
  std::unique_ptr<known> known_;
};

/// Whether a text says at its beginning that it is encrypted by ansible-vault.
bool is_vault_text(std::string_view text);

/// `secrets->open`, or what is to be said when there are no passwords.
result<std::string> open_vault(const vault* secrets, std::string_view text,
                               std::string_view name);

/// Makes a value of a text behind `!vault`: one that was opened, or one without
/// a value that says why when it is used. `secrets` may be null, and has to
/// outlive the answer.
std::function<result<value>(std::string_view)>
value_opener(const vault* secrets);

/// Whether it is what stands for a text behind `!vault` that nobody could open:
/// it is there, unlike other values without one, and only its use is an error.
bool is_unopened(const value& x);

/// Encrypts as ansible-vault does: format 1.1, or 1.2 with a label when that is
/// not empty. `label` is without `;` and line ends. The same salt gives the
/// same text; an empty one stands for chance.
result<std::string> encrypt_vault(std::string_view plain,
                                  std::string_view password,
                                  std::string_view label,
                                  std::string_view salt = {});

} // namespace troupe
