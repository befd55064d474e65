#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What a letter stands for behind a backslash, in texts and in replacements of
/// regular expressions; 0: for no single character.
char control_escape(char c);

/// Replaces the backslash escapes of a Python string literal; an unknown one
/// stays as it is.
result<std::string> decode_escapes(std::string_view body);

} // namespace troupe
