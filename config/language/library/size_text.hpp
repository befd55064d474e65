#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <array>
#include <string_view>

namespace troupe {

/// A unit of sizes, and how many bytes it is.
struct size_unit {
  char letter;
  double bytes;
};

/// The largest first.
inline constexpr std::array<size_unit, 9> size_units{{
  {'Y', 0x1p80},
  {'Z', 0x1p70},
  {'E', 0x1p60},
  {'P', 0x1p50},
  {'T', 0x1p40},
  {'G', 0x1p30},
  {'M', 0x1p20},
  {'K', 0x1p10},
  {'B', 1},
}};

/// The bytes, or bits, that a text such as "1.5 KB" means; where it names no
/// unit that is `unit`. An error is a text that means none.
result<value> bytes_in(std::string_view text, std::string_view unit, bool bits);

} // namespace troupe
