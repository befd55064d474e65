#pragma once

#include "modules/module.hpp"

namespace troupe {

/// One task of `get_url`.
module_result run_get_url(const arguments& args, const module_context& ctx);

} // namespace troupe
