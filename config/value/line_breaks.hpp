#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace troupe {

/// Terminals from here on have room for most of what is printed; narrower ones,
/// such as half of a window, get less beside each other.
inline constexpr size_t usual_columns = 79;

/// Of what is no terminal: its lines have no end.
inline constexpr unsigned any_columns = std::numeric_limits<unsigned>::max();

/// `text` for a terminal of so many columns. Lines that are too long for it are
/// broken between words, and what a table has in its second column goes below
/// the first. A word is never broken. Everything else stays as it is. `text`
/// has no escape sequences.
std::string in_columns(std::string_view text, size_t columns);

/// The same for messages: lines that are set in stay as they are, for they show
/// what stands somewhere; so do those that a blank ends, behind which somebody
/// types.
std::string sentences_in_columns(std::string_view text, size_t columns);

} // namespace troupe
