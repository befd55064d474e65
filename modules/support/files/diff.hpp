#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// What changed between two texts, in the unified format with three lines
/// around each change; empty when they are equal. The names stand on top.
std::string unified_diff(std::string_view before, std::string_view after,
                         std::string_view before_name,
                         std::string_view after_name);

} // namespace troupe
