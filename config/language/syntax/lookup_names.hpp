#pragma once

#include "config/language/syntax/syntax.hpp"
#include "platform/result.hpp"

namespace troupe {

/// Fails with the place of the first lookup that there is not, among those that
/// the text comes to whatever its variables are.
result<void> check_lookups(const template_syntax& tree);

} // namespace troupe
