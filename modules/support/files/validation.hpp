#pragma once

#include "modules/module.hpp"

#include <string>

namespace troupe {

/// Whether a `validate` command names the file that it judges.
result<void> check_validation(const std::string& command);

/// Has `command` judge the file at `path`, which `%s` in it stands for; empty:
/// nothing does. What it said goes into `out` when it refuses. In check mode
/// what it says against the file is only noted when it may rest on what is
/// predicted, for it judges by what is really there.
result<void> validate_file(const std::string& command, const std::string& path,
                           const module_context& ctx, module_result& out);

} // namespace troupe
