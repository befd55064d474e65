#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The bytes that stand in base64, among white space; nothing when it is none.
std::optional<std::string> bytes_in_base64(std::string_view text);

} // namespace troupe
