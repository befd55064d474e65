#pragma once

#include "config/language/python/regex.hpp"
#include "modules/module.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The regular expression `pattern` for the bytes of files, as Python has them.
/// Searching is bounded; the error names the pattern.
result<std::shared_ptr<const regex>> file_regex(const std::string& pattern,
                                                bool multiline = false);

/// What a line of a file has to hold: a match of a regular expression, or a
/// text.
class line_pattern {
public:
  static result<line_pattern> regexp(const std::string& pattern);
  static line_pattern text(std::string what);

  /// By the arguments `regexp` and `search_string`; absent without either.
  static result<std::optional<line_pattern>> of(const arguments& args);

  result<bool> matches(std::string_view line) const;

  /// `replacement` with the groups of the match in `line`; a text has none.
  result<std::string> expand(std::string_view line,
                             std::string_view replacement) const;

private:
  std::shared_ptr<const regex> regex_;
  std::string text_;
};

/// Whether work on a file may go on behind its line `number`: an error when the
/// task's time is over or stop was requested. Looks at the clock seldom.
result<void> may_go_on(const module_context& ctx, size_t number);

} // namespace troupe
