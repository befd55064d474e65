#pragma once

#include "modules/module.hpp"

namespace troupe {

/// Does one task of `ufw`.
module_result run_ufw(const arguments& args, const module_context& ctx);

} // namespace troupe
