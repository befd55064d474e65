#pragma once

#include "config/value/value.hpp"

namespace troupe {

/// Puts names over others. `merges`: a dict over a dict becomes one that has
/// the entries of both, and so on inside; otherwise it takes its place.
void put_names(dict& to, const dict& from, bool merges);

/// The dict that `over` makes of `below` in this way.
value merged(const value& below, const value& over);

} // namespace troupe
