#pragma once

#include "modules/module.hpp"

namespace troupe {

/// Does one task of `pip`.
module_result run_pip(const arguments& args, const module_context& ctx);

} // namespace troupe
