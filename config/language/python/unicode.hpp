#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How many bytes the character has that begins with `lead`; 1 for anything
/// invalid.
size_t utf8_length(char lead);

void append_utf8(std::string& out, uint32_t point);

/// Reads the character at `i` and moves `i` behind it. A byte that is not
/// UTF-8 counts as one character.
uint32_t next_point(std::string_view x, size_t& i);

/// Characters of `x`, as Python's `len` counts them.
size_t count_points(std::string_view x);

/// Whether every character takes one byte.
bool is_ascii(std::string_view x);

/// The characters of `x`, each as its own text.
std::vector<std::string_view> split_points(std::string_view x);

/// The byte offset of character `index`, the size of `x` when there are fewer.
size_t offset_of_point(std::string_view x, size_t index);

std::string to_upper(std::string_view x);
std::string to_lower(std::string_view x);

/// First character of each word upper case, the rest lower case, where words
/// are runs of letters.
std::string to_title(std::string_view x);

/// `x` with the digits of all scripts as 0 to 9.
std::string ascii_digits(std::string_view x);

/// What Python's `str.is...` methods ask of one character.
bool is_letter(uint32_t point);
bool is_decimal_digit(uint32_t point);
bool is_numeric(uint32_t point);
bool is_upper(uint32_t point);
bool is_lower(uint32_t point);
bool is_blank(uint32_t point);
bool is_printable(uint32_t point);

/// Whether `x` can be a name in Python.
bool is_identifier(std::string_view x);

} // namespace troupe
