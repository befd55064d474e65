#pragma once

#include "modules/module.hpp"

#include <string>

namespace troupe {

/// An error when the file at `path` is an encrypted vault that `decrypt` asks
/// to be opened: there is no key for it here, and its cipher text must never
/// be taken for content.
result<void> refuse_vault(const std::string& path, bool decrypt,
                          const module_context& ctx);

} // namespace troupe
