#pragma once

#include "config/language/language.hpp"
#include "config/value/value.hpp"
#include "platform/host.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

class vault;

/// An entry of `vars_prompt`.
struct var_prompt {
  std::string name;
  /// What a person is asked; empty: by the name.
  std::string words;
  /// Taken for an empty answer, and where nobody is asked.
  std::optional<value> otherwise;
  bool hidden = true;
  /// It is typed twice.
  bool confirm = false;
  /// How the answer is hashed, as `password_hash` has it; empty: not at all.
  std::string encrypt;
  std::string salt;
  int64_t salt_size = 0;
  /// The answer is no template.
  bool is_unsafe = false;

  /// "Password [none]: ", as Ansible asks.
  std::string question() const;
};

/// Reads an entry. An error says what is wrong with it, as Ansible says it.
result<var_prompt> read_var_prompt(const value& entry);

/// The value that its variable gets for an answer. An error when it cannot be
/// hashed.
result<value> value_of_answer(const var_prompt& asked,
                              const std::string& answer);

/// Names of the variables of all plays of a playbook that are asked for, and of
/// the first 1,000 playbooks that it imports by a name that is known, up to ten
/// behind each other, in their order, each once; without those that `given`
/// has. Texts may be templates of the play's `vars`. What is no playbook, or
/// cannot be read, has none: who reads it later says so. `secrets` opens those
/// that are encrypted; null: there are none.
std::vector<var_prompt> find_var_prompts(const value& document,
                                         const std::string& folder,
                                         const dict& given, host& machine,
                                         const vault* secrets = nullptr);

} // namespace troupe
