#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Replaces the backslash escapes of a Python string literal; an unknown one
/// stays as it is.
result<std::string> decode_escapes(std::string_view body);

} // namespace troupe
