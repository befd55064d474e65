#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// A call of a lookup as it stands in a template.
struct lookup_call {
  /// Without the name of its collection: "fileglob".
  std::string name;
  /// Expressions of the language, the first of which may begin with a star.
  std::vector<std::string> terms;
  /// Names and expressions.
  std::vector<std::pair<std::string, std::string>> options;
  /// All of it, for messages.
  std::string text;
};

/// The calls of `lookup`, `query` and `q` in template text, also those inside
/// others. Those whose name is no literal are left out.
std::vector<lookup_call> lookups_in(std::string_view text);

} // namespace troupe
