#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The name in `known` that a person most likely meant by `name`.
std::optional<std::string> nearest(std::string_view name,
                                   const std::vector<std::string_view>& known);

/// "no filter named 'x'; did you mean 'y'?"
std::string unknown_name(std::string_view what, std::string_view name,
                         const std::vector<std::string_view>& known);

} // namespace troupe
