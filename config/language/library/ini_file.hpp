#pragma once

#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What the `ini` lookup is asked.
struct ini_question {
  std::string key;
  std::string section;
  /// The file has no sections.
  bool properties = false;
  /// `key` is a regular expression; every match counts.
  bool by_pattern = false;
  bool keep_case = false;
  /// Keys may stand alone.
  bool no_values = false;
  /// What the file is called in messages.
  std::string file = {};
};

/// Values of an INI text; more than one only by pattern. Errors are a section
/// that is not there, an option that is there twice, a line that is none.
/// Nothing: the option is not there.
result<std::optional<std::vector<std::string>>>
ini_values(std::string_view text, const ini_question& ask);

/// The column of the first CSV row whose first column is `key`.
result<std::optional<std::string>> csv_value(std::string_view text,
                                             std::string_view key,
                                             char delimiter,
                                             const std::string& column);

} // namespace troupe
