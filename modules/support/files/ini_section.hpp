#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a section of an INI text shall have.
struct ini_wish {
  /// Empty: what stands before the first one.
  std::string section;
  /// Empty: the section itself is meant.
  std::string option;
  std::vector<std::string> values;
  bool present = true;
  /// No other values of the option.
  bool exclusive = true;
  bool blanks = true;
  bool allow_no_value = false;
};

struct ini_edit {
  std::string text;
  bool changed = false;
  /// "OK", "option added", ...
  std::string msg = "OK";
};

/// `text` as wished. Lines with other options, comments and blank lines stay
/// as they are; a line in which the option is commented out is used for it.
ini_edit with_ini_option(std::string_view text, ini_wish wish);

} // namespace troupe
