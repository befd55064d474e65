#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/token.hpp"

#include <vector>

namespace troupe {

/// Cuts template text into tokens: text between tags with the whitespace rules
/// of Jinja2 applied, and what stands inside the tags.
result<std::vector<token>> tokenize(std::string_view source,
                                    const template_settings& settings);

/// Doubles the backslashes in string literals of `{{ }}`: a plan's author
/// writes regular expressions there without escaping twice.
result<std::string> double_backslashes(std::string_view source,
                                       const template_settings& settings);

} // namespace troupe
