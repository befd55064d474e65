#pragma once

#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What a pattern found.
struct text_match {
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::string>> named;
};

/// Whether `pattern` is a regular expression; the error says where it is not.
result<void> compile_search(const std::string& pattern);

/// The first place in `text` where the regular expression matches; `^` and
/// `$` hold at every line. Absent as well when matching takes too many steps.
std::optional<text_match> search_text(const std::string& pattern,
                                      std::string_view text);

} // namespace troupe
