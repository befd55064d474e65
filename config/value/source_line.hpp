#pragma once

#include "config/value/text_position.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Line number `line` of `text`, from 1, without its end; empty when there is
/// none.
std::string_view line_at(std::string_view text, uint32_t line);

/// The line of `text` at this place and a caret under its column, both behind
/// four blanks and with a line end in front: "\n    LINE\n    ^". Of a long
/// line what is around the column. Empty when there is no such place, or
/// nothing stands in the line.
std::string shown_line(std::string_view text, text_position at);

/// Where in `source` that stands which an error names: it lies at
/// `part.line` and `part.column` of the text of a value, whose line there is
/// `part.text`, and the value begins at `begin`. Absent when that text is not
/// found there, as escapes or folded lines made it another one.
std::optional<text_position> place_in_source(std::string_view source,
                                             text_position begin,
                                             const error_detail& part);

} // namespace troupe
