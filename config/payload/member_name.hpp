#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Whether a file of this name may be in a payload: a relative path that stays
/// inside the folder it is unpacked into and that any tool can show. The
/// error says what is wrong with it.
result<void> check_member_name(std::string_view name);

/// A name as messages show it: quoted, escaped, and cut when it is long.
std::string shown_name(std::string_view name);

} // namespace troupe
