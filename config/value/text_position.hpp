#pragma once

#include <compare>
#include <cstdint>

namespace troupe {

/// Where something stands in a text: line and column, both from 1; zero:
/// nowhere.
struct text_position {
  uint32_t line = 0;
  uint32_t column = 0;

  auto operator<=>(const text_position&) const = default; // NOLINT
};

} // namespace troupe
