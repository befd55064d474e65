#pragma once

#include <string_view>

namespace troupe {

/// Every engine that plans can be packed into says this of itself, so that its
/// file can be told from others without being run.
constexpr std::string_view engine_mark
  = "an engine for plans that were packed with troupe, payload 1";

} // namespace troupe
