#pragma once

#include "config/value/value.hpp"

#include <optional>
#include <string>

namespace troupe {

/// In which form Ansible's usual view shows what came of a task.
struct ansible_form {
  /// `callback_result_format`: YAML; otherwise JSON.
  bool yaml = false;
  /// `callback_format_pretty`: in lines for people; absent: as the form has it.
  std::optional<bool> pretty;
  int verbosity = 0;
};

/// An output as that view shows it behind "=>", without a line feed at its end.
/// `always`: the module asks for lines for people. What cannot be YAML is JSON.
std::string ansible_words(const value& shown, bool always,
                          const ansible_form& form);

/// Which file has Ansible's settings, told to who wants to know more.
std::string words_for_settings(const std::string& path);

} // namespace troupe
