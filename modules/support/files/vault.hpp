#pragma once

#include "config/value/value.hpp"
#include "modules/module.hpp"

#include <optional>
#include <string>

namespace troupe {

class vault;

/// What the file at `path` holds that `decrypt` asks to be opened, when it is
/// encrypted by ansible-vault; nothing when it is not: then it is used as it
/// is. An error when none of the run's passwords opens it: cipher text must
/// never be taken for content.
result<std::optional<std::string>>
open_source(const std::string& path, bool decrypt, const module_context& ctx);

/// The passwords of the run; null when there are none.
const vault* secrets_of(const module_context& ctx);

} // namespace troupe
