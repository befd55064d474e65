#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// At most `most` bytes of `text`, with a note of how many were cut off. No
/// character of UTF-8 is divided.
std::string excerpt(std::string_view text, size_t most);

/// `head` and `tail` of a text with a note between them of how many bytes were
/// dropped there.
std::string with_gap(std::string_view head, uint64_t dropped,
                     std::string_view tail);

/// Where a note of one of these is.
struct gap {
  size_t begin = 0;
  size_t end = 0;
};

/// The first one at or behind `from`.
std::optional<gap> find_gap(std::string_view text, size_t from);

} // namespace troupe
