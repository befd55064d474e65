#pragma once

#include "modules/module.hpp"

#include <memory>
#include <string>

namespace troupe {

/// Waits until no other task of this process changes the file at `path`, which
/// has no links on the way, and keeps them away as long as the answer lives: of
/// two that read, change and replace one file, the second must see what the
/// first has written. A thread that has the turn gets it again. An error
/// (`timeout`, `cancelled`) when the task has to end before.
result<std::shared_ptr<void>> take_turn(const std::string& path,
                                        const module_context& ctx);

} // namespace troupe
