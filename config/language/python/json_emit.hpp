#pragma once

#include "config/value/json_writer.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// How `json.dumps` lays it out unless told otherwise.
json_layout python_layout();

/// Writes `x` byte for byte as Python does, undefined values being errors.
result<std::string> emit_json(const value& x, const json_layout& how);

/// Reads what `json.loads` reads: also NaN and Infinity, equal keys (the last
/// one counts) and control characters are errors as there.
result<value> read_python_json(std::string_view text);

/// Python's `pprint.pformat`.
std::string pretty_repr(const value& x);

} // namespace troupe
