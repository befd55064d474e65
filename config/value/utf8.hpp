#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Length of the valid UTF-8 sequence at `text[at]`; 0 when there is none.
size_t utf8_length_at(std::string_view text, size_t at);

/// `text` with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string repair_utf8(std::string_view text);

bool is_utf8(std::string_view text);

/// `text` without the mark that some editors put in front of what they write.
std::string_view without_byte_order_mark(std::string_view text);

/// As much of the beginning of `text` as has room in `columns` of a terminal;
/// nothing after its first line. Characters of East Asian scripts and pictures
/// take two columns, marks on other characters none. What is no UTF-8 counts as
/// one column a byte.
std::string_view fitting(std::string_view text, size_t columns);

/// How many columns of a terminal `text` takes, counted as `fitting` does; it
/// has to be one line.
size_t columns_of(std::string_view text);

/// `text` without what could change a terminal or make it show something else
/// than there is: control characters, escape sequences, marks that change the
/// direction of writing or have no width, separators of lines. Newlines and
/// tabs stay.
std::string terminal_safe(std::string_view text);

/// The same for a text that shares its line with others, such as a name or a
/// path: ends of lines become `\n`, so that none can forge the next line.
std::string terminal_line(std::string_view text);

/// The same for words that may have several lines: those behind the first are
/// set in, so that none can be taken for a line of its own.
std::string terminal_words(std::string_view text);

} // namespace troupe
