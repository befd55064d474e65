#pragma once

#include <string_view>

namespace troupe {

/// Whether a Debian version is older than another (-1), the same (0) or newer
/// (1): epochs, revisions, `~` and all.
int compare_debian_versions(std::string_view a, std::string_view b);

} // namespace troupe
