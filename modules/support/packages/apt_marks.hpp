#pragma once

#include "modules/module.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Of these packages those that are there only because others need them, as apt
/// has written it down: it takes them away once nobody does. Names may have an
/// architecture behind a colon. None when apt's file is missing, cannot be read
/// or is longer than 64 MiB.
std::vector<std::string>
automatic_packages(const module_context& ctx,
                   const std::vector<std::string>& names);

} // namespace troupe
