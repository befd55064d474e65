#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Text in one of the encodings utf-8, ascii, latin-1, utf-16-le and
/// utf-16-be.
result<std::string> encode_text(std::string_view x, std::string_view encoding);
result<std::string> decode_text(std::string_view bytes,
                                std::string_view encoding);

} // namespace troupe
