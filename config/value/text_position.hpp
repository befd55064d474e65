#pragma once

#include <compare>
#include <cstdint>

namespace troupe {

/// Where something stands in a text: line and column, both from 1; zero:
/// nowhere.
struct text_position {
  uint32_t line = 0;
  uint32_t column = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler makes of it.
  auto operator<=>(const text_position&) const = default;
};

} // namespace troupe
