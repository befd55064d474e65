#pragma once

#include "config/language/python/civil_time.hpp"
#include "config/language/run/arguments.hpp"
#include "config/language/run/object.hpp"

#include <functional>

namespace troupe {

// What `date` and `datetime` have in common.

/// A method that needs nothing but its arguments.
value time_method(const char* name, const char* parameters,
                  std::function<result<value>(const bound_arguments&)> run);

/// `weekday`, where Monday is 0, or `isoweekday`, where it is 1.
value weekday_method(const civil_time& x, bool iso);

/// `x` with what is given of its first `count` fields, the year first. An error
/// when there is no such day or time.
result<civil_time> replaced(const civil_time& x, const bound_arguments& with,
                            size_t count);

} // namespace troupe
