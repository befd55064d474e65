#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// How Python's `json.dumps` is told to write.
struct json_layout {
  /// What one level is indented by; everything in one line when unset.
  std::optional<std::string> indent;
  std::optional<std::string> item_separator;
  std::optional<std::string> key_separator;
  bool sort_keys = false;
  bool ascii = true;
};

/// Writes `x` byte for byte as Python does, undefined values being errors.
result<std::string> emit_json(const value& x, const json_layout& how);

/// Reads what `json.loads` reads: also NaN and Infinity, equal keys (the last
/// one counts) and control characters are errors as there.
result<value> read_python_json(std::string_view text);

/// Python's `pprint.pformat`.
std::string pretty_repr(const value& x);

} // namespace troupe
