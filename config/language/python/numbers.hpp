#pragma once

#include "config/value/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// An integer as Python's `int(text, base)` reads it, without blanks around
/// it; base 0 looks at the prefix.
std::optional<value> parse_integer(std::string_view digits, int base);

/// A number as Python's `float(text)` reads it, without blanks around it.
std::optional<value> parse_real(std::string_view digits);

/// The shortest text that reads back as `x`, as Python writes it.
std::string show_real(double x);

/// The double nearest to any number.
/// @pre `x` is a bool, integer or float
double to_real(const value& x);

/// `x` without its fraction; nothing for infinity and NaN.
std::optional<value> truncate(double x);

/// Python's `round(x, digits)`: half to even on the exact binary value.
double round_real(double x, int digits);

bool is_number(const value& x);

} // namespace troupe
