#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

std::string encode_base64(std::string_view bytes);

/// Skips what is no base64, as Python does.
result<std::string> decode_base64(std::string_view x);

/// Text in one of the encodings utf-8, ascii, latin-1, utf-16-le and
/// utf-16-be.
result<std::string> encode_text(std::string_view x, std::string_view encoding);
result<std::string> decode_text(std::string_view bytes,
                                std::string_view encoding);

} // namespace troupe
