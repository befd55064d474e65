#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A line of a file of Ansible's settings.
struct settings_entry {
  std::string section;
  /// In small letters.
  std::string key;
  std::string text;
  /// Counts from 1.
  uint32_t line = 0;
};

/// Reads `ansible.cfg` as Python's configparser does for Ansible: `#` and `;`
/// begin comments, ` ;` also behind a value, lines that are indented go on with
/// the value above. An error names the place; a key of a section that is there
/// twice is one.
result<std::vector<settings_entry>> read_settings_text(std::string_view text,
                                                       const std::string& path);

} // namespace troupe
