#pragma once

#include "config/options.hpp"
#include "config/vault/vault.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;

/// Where the passwords of a vault are, as ansible-playbook's options say it.
struct vault_options {
  /// `LABEL@SOURCE` or `SOURCE`: a file, a program, or `prompt`.
  std::vector<std::string> ids;
  std::vector<std::string> password_files;
  bool ask = false;

  /// Adds `--vault-id`, `--vault-password-file` and `--ask-vault-pass`.
  void add_to(option_list& to);
};

/// A source of one password.
struct vault_source {
  std::string label;
  /// A path, or `prompt`.
  std::string source;
  /// A new one is asked for twice.
  bool fresh = false;
  /// What names it when no option does: a variable of the environment, or a
  /// setting; empty: an option.
  std::string named_by = {};
};

/// What `LABEL@SOURCE` says; the label is `default` when there is none.
vault_source parse_vault_id(std::string_view text);

/// All that the options say, in the order in which Ansible tries them, or what
/// the environment says: ANSIBLE_VAULT_IDENTITY_LIST before them,
/// ANSIBLE_VAULT_PASSWORD_FILE when there is no other file and no question.
std::vector<vault_source> sources_of(const vault_options& given, host& machine);

/// The password of a source: what a file holds without blanks around it, what a
/// program prints, or what a person types. Fails when there is none.
result<std::string> read_vault_password(const vault_source& from, host& machine,
                                        const std::stop_token& stop = {});

/// All passwords; null when no source is named.
result<std::shared_ptr<vault>> read_vault(const vault_options& given,
                                          host& machine,
                                          const std::stop_token& stop = {});

} // namespace troupe
