#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/source_text.hpp"
#include "config/language/syntax/token.hpp"

#include <vector>

namespace troupe {

/// Cuts template text into tokens: text between tags with the whitespace rules
/// of Jinja2 applied, and what stands inside the tags.
result<std::vector<token>> tokenize(const source_text& source,
                                    const template_settings& settings);

} // namespace troupe
