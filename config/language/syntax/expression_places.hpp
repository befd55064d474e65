#pragma once

#include "config/language/syntax/change_watch.hpp"
#include "config/language/syntax/symbols.hpp"

namespace troupe {

/// Gives the names in `x` their places in `scope`, works out what is the same
/// in every evaluation, and tells `changes` what may be changed in place.
void place_names(const symbols& scope, expression& x, change_watch& changes);

} // namespace troupe
