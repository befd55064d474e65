#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// A Python regular expression for a shell pattern, as Python's `fnmatch` has
/// them: for `regex` with `dot_all`.
std::string regex_of_shell(std::string_view pattern);

} // namespace troupe
