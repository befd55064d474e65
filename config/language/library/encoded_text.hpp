#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// The UTF-8 of bytes in an encoding by one of its names in Python: UTF-8 and
/// ASCII (bytes that are no text stay as they are), Latin 1, Latin 9. The error
/// names the encodings that are known.
result<std::string> decoded_text(std::string bytes, std::string_view encoding);

} // namespace troupe
