#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// What to write instead of a module that ansible-core 2.14 has and this
/// engine has not; empty when `name` (with or without its collection) is none
/// of those.
std::string_view instead_of_absent(std::string_view name);

/// Why there is no module of this name, and what to do about it. `nearest` is
/// the known name that may have been meant; empty: none.
std::string absent_module(std::string_view name, std::string_view nearest);

} // namespace troupe
