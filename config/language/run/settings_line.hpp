#pragma once

#include "config/language/language.hpp"

namespace troupe {

/// Whether the first line of a template says how to read the rest:
/// `#jinja2: key: value, ...`.
bool has_settings_line(std::string_view source);

/// Reads that line into `out` and takes it off `source`.
/// @pre has_settings_line(source)
result<void> take_settings_line(std::string_view& source,
                                template_settings& out);

} // namespace troupe
