#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Rewrites what Python's `re` writes differently from PCRE2.
result<std::string> translate_pattern(std::string_view pattern);

} // namespace troupe
