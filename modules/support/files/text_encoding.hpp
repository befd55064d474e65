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

/// The reverse, for UTF-8 and ASCII, of which bytes that are no text are left
/// as they are, and Latin 1.
result<std::string> decode_document(std::string content,
                                    std::string_view encoding);

/// What `decode_document` has made, in its encoding again.
result<std::string> restore_document(std::string text,
                                     std::string_view encoding);

} // namespace troupe
