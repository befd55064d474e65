#pragma once

#include "modules/module.hpp"

namespace troupe {

/// One task of `unarchive`.
module_result run_unarchive(const arguments& args, const module_context& ctx);

} // namespace troupe
