#pragma once

#include "config/language/run/arguments.hpp"

namespace troupe {

/// `template % values`
result<value> percent_format(std::string_view format, const value& values);

/// `template.format(*positional, **named)`
result<value> brace_format(evaluator& e, std::string_view format,
                           const bound_arguments& with);

/// A number or text in one of Python's short format descriptions, such as
/// `>8`, `05d` or `.2f`.
result<std::string> format_spec(const value& x, std::string_view spec);

} // namespace troupe
