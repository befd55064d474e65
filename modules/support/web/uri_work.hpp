#pragma once

#include "modules/module.hpp"

namespace troupe {

/// One task of `uri`.
module_result run_uri(const arguments& args, const module_context& ctx);

} // namespace troupe
