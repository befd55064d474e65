#pragma once

#include "modules/module.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The arguments that `dnf` and `yum` have in common.
std::vector<argument> rpm_arguments();

/// The work of both modules, with the program `tool` ("dnf" or "yum").
module_result run_rpm_module(const std::string& tool, const arguments& args,
                             const module_context& ctx);

} // namespace troupe
