#pragma once

#include "config/vault/vault_sources.hpp"
#include "platform/host.hpp"

#include <memory>
#include <string>

namespace troupe {

struct command_line;

/// What `troupe vault` was given.
struct vault_command {
  std::vector<std::string> files;
  vault_options secrets;
  std::string output;
  std::string encrypt_id;
  std::string new_id;
  std::string new_password_file;
  std::vector<std::string> names;
  std::string stdin_name;
  bool prompt = false;
  bool show_input = false;
};

/// A password that encrypts, and the label that the text gets; overwritten at
/// its end.
struct vault_key {
  std::string label;
  std::string password;

  vault_key() = default;
  ~vault_key();
  vault_key(vault_key&&) = default;
  vault_key& operator=(vault_key&&) = default;
};

/// The one that new texts are encrypted with: of `--encrypt-vault-id`, or the
/// only one there is; without any, one that is typed twice.
result<vault_key> encrypting_key(const vault_command& given, host& machine);

/// The one of `--new-vault-id` or `--new-vault-password-file`, or one that is
/// typed twice.
result<vault_key> new_key(const vault_command& given, host& machine);

/// The passwords that open; one that is typed when none is named.
result<std::shared_ptr<vault>> opening_vault(const vault_command& given,
                                             host& machine);

/// Encrypts for a key: `default` is no label.
result<std::string> encrypt_for(const vault_key& key, std::string_view plain);

/// Encrypts the texts of `files`, of a person or of standard input, and writes
/// them as values for YAML.
result<void> encrypt_vault_strings(const vault_command& given,
                                   command_line& line);

/// What stands in a file; standard input for `-`.
result<std::string> read_vault_file(const std::string& path, host& machine);

/// Replaces a file as a whole: owner and mode stay, a new one is only for its
/// owner. Links are followed.
result<void> write_vault_file(const std::string& path, std::string_view text,
                              host& machine);

/// Lets a person change a text in $EDITOR. The copy that it works on is in a
/// folder of its own and overwritten afterwards.
result<std::string> edit_text(const std::string& text, const std::string& name,
                              host& machine);

} // namespace troupe
