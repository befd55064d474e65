#pragma once

#include "platform/system_facts.hpp"

#include <optional>
#include <string>

namespace troupe {

/// The default route with the lowest metric, from the text of
/// /proc/net/route.
std::optional<default_route> default_ipv4_route(const std::string& text);

/// The same for /proc/net/ipv6_route.
std::optional<default_route> default_ipv6_route(const std::string& text);

} // namespace troupe
