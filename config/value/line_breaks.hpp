#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Terminals from here on have room for what is printed; narrower ones, such as
/// half of a window, get shorter lines.
inline constexpr size_t usual_columns = 79;

/// `text` for a terminal of so many columns. On a narrow one lines that are too
/// long are broken between words, and what a table has in its second column
/// goes below the first. A word is never broken. Everything else, and all text
/// for others, stays as it is. `text` has no escape sequences.
std::string in_columns(std::string_view text, size_t columns);

} // namespace troupe
