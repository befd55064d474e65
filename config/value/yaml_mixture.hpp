#pragma once

#include "config/value/yaml_trouble.hpp"

#include <optional>
#include <string_view>

namespace troupe {

/// What is wrong where `key=value` stands in a line of its own, at `at` in
/// `line`, among keys with colons; absent when it is none.
std::optional<explained_trouble> explain_equals(std::string_view line,
                                                text_position at);

/// A key and its colon at `colon`, in a line that goes on with the value of a
/// line above: says which of the two lines is wrong. Absent when the colon
/// rather belongs to that value.
std::optional<explained_trouble> explain_key_below(std::string_view text,
                                                   text_position colon);

} // namespace troupe
