#pragma once

#include "config/language/convert.hpp"

namespace troupe {

/// Whether `container` may take `x` in: a list or dict cannot hold itself,
/// and nothing may be nested deeper than can be walked through safely.
result<void> may_hold(const value& container, const value& x);

/// How many lists and dicts lie inside one another in `x`; stops counting
/// beyond `most`.
unsigned nesting(const value& x, unsigned most);

} // namespace troupe
