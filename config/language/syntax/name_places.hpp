#pragma once

#include "config/language/syntax/syntax.hpp"

namespace troupe {

/// Gives every name of a parsed template its place, with the scoping rules of
/// Jinja2: loops, macros, `with`, filter and set blocks have scopes of their
/// own, `if` has not; a name without a value in its scope comes from the
/// scopes around it or from the variables.
void place_names(template_syntax& tree);

} // namespace troupe
