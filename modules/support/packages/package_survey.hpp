#pragma once

#include "modules/module.hpp"

#include <string_view>

namespace troupe {

/// Whether a host has this package manager: "apt", "rpm", "pacman" or "apk".
bool has_packages_of(std::string_view manager, const module_context& ctx);

/// What it has installed: names, each with a list of what is known.
result<dict> installed_packages(std::string_view manager,
                                const module_context& ctx);

} // namespace troupe
