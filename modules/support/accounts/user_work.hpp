#pragma once

#include "modules/module.hpp"

namespace troupe {

/// Does one task of `user`.
module_result run_user(const arguments& args, const module_context& ctx);

} // namespace troupe
