#pragma once

#include "config/language/python/convert.hpp"

namespace troupe {

/// Whether `container` may take `x` in: nothing can hold itself, and nothing
/// may be nested deeper than can be walked through safely.
result<void> may_hold(const value& container, const value& x);

/// The same for a container that grows by `x`, which is counted.
result<void> take_in(const value& container, const value& x);

/// An error when `x` is nested too deeply to be walked through safely.
result<void> check_nesting(const value& x);

} // namespace troupe
