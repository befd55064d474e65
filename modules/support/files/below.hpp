#pragma once

#include "modules/support/files/file_states.hpp"

#include <string>

namespace troupe {

/// Applies attributes and times to everything below the folder `top`. Links
/// are followed only when the task says so, no folder is entered twice, and
/// whoever puts a link in the way meanwhile leads nobody out of the folder.
/// Says whether something is different.
result<bool> apply_below(const std::string& top, const file_task& task,
                         const module_context& ctx, module_result& out);

/// Sets the times that the task wants. `below`: the path is free of links.
result<bool> apply_times(const std::string& path, const file_status& status,
                         const file_task& task, bool below,
                         const module_context& ctx, module_result& out);

} // namespace troupe
