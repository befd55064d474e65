#pragma once

#include "modules/module.hpp"

namespace troupe {

/// What `stat` and `find` tell of a path: kind, owner, size, times and the
/// single bits of its mode.
dict stat_values(const file_status& status, const module_context& ctx);

} // namespace troupe
