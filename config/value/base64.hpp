#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

std::string encode_base64(std::string_view bytes);

/// Skips what is no base64, as Python does.
result<std::string> decode_base64(std::string_view x);

} // namespace troupe
