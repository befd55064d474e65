#pragma once

#include "config/language/python/civil_time.hpp"
#include "config/language/run/object.hpp"

namespace troupe {

/// Python's `datetime`.
value make_datetime(const civil_time& x);

} // namespace troupe
