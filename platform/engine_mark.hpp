#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace troupe {

/// Every engine that plans can be packed into says this of itself, so that its
/// file can be told from others without being run.
constexpr std::string_view engine_mark
  = "an engine for plans that were packed with troupe, payload 1";

/// The same from its end to its beginning, for who looks for it: a program that
/// had it in itself as it is would be taken for an engine.
constexpr auto engine_mark_backwards = [] {
  std::array<char, engine_mark.size()> out{};
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = engine_mark[out.size() - 1 - i];
  return out;
}();

} // namespace troupe
