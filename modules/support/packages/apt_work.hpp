#pragma once

#include "modules/module.hpp"

namespace troupe {

/// The work of the `apt` module.
module_result run_apt(const arguments& args, const module_context& ctx);

} // namespace troupe
