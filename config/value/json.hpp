#pragma once

#include "config/value/text_position.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What a JSON text may hold at most.
struct json_limits {
  size_t bytes = size_t{256} << 20;
  unsigned depth = 128;
  size_t text_bytes = size_t{16} << 20;
  /// The place of the first character: with it every key and value knows its
  /// own (`value::place`), counted in characters. Line 0: no places are kept.
  text_position first = {};
};

/// Reads one JSON document. Duplicate keys, invalid UTF-8, anything behind the
/// document and anything over a limit are errors that name line and column.
/// Integers of any size are kept exactly. On failure `failed_at`, unless it is
/// null, gets the place of what is wrong.
result<value> parse_json(std::string_view text, const json_limits& limits = {},
                         text_position* failed_at = nullptr);

/// How `to_json` writes.
struct json_style {
  /// Spaces a level; negative: everything on one line.
  int indent = -1;
  /// Write `", "` and `": "`, as Python does, when on one line.
  bool spaced = false;
  /// Escape everything beyond ASCII, as Python does by default.
  bool ascii = false;
  bool sort_keys = false;
};

/// Writes `x` as JSON. Text that is not UTF-8 is repaired with U+FFFD, so the
/// output is always valid. Infinite and NaN numbers are written as Python
/// writes them only where `ascii` is set; otherwise as null.
std::string to_json(const value& x, const json_style& style = {});

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text,
                        bool ascii = false);

} // namespace troupe
