#pragma once

#include "config/value/value.hpp"

#include <string_view>

namespace troupe {

/// The type that YAML 1.1 gives to plain text.
enum class yaml_kind : uint8_t {
  text,
  null,
  boolean,
  integer,
  real,
  timestamp,
  merge,
  /// The plain `=`.
  value_mark,
};

/// What kind a plain scalar resolves to, as PyYAML decides.
yaml_kind resolve_yaml(std::string_view plain);

/// The value of a plain scalar; a timestamp stays text.
value yaml_scalar(std::string_view plain);

} // namespace troupe
