#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// UTF-8 text in another encoding: UTF-8 with a mark, UTF-16 and UTF-32 of
/// either order, Latin 1, ASCII. The error names a character that the
/// encoding does not have, or the encodings that are known.
result<std::string> encode_document(std::string_view text,
                                    std::string_view encoding);

} // namespace troupe
