#pragma once

#include "config/value/yaml_trouble.hpp"

#include <optional>
#include <string_view>

namespace troupe {

/// What is wrong where `key=value` stands in a line of its own, at `at` in
/// `line`, among keys with colons; absent when it is none.
std::optional<explained_trouble> explain_equals(std::string_view line,
                                                text_position at);

/// What is wrong with `key:value` at `at` in `line`, which has no blank behind
/// its colon; absent when it is none.
std::optional<explained_trouble> explain_narrow_colon(std::string_view line,
                                                      text_position at);

/// `key: key: value` in one line, with the second colon at `colon`; absent when
/// the second is rather a part of the value.
std::optional<explained_trouble> explain_key_beside(std::string_view text,
                                                    text_position colon);

/// A key and its colon at `colon`, in a line that goes on with the value of a
/// line above: says which of the two lines is wrong. Absent when the colon
/// rather belongs to that value.
std::optional<explained_trouble> explain_key_below(std::string_view text,
                                                   text_position colon);

} // namespace troupe
