#pragma once

#include "config/language/library/tables.hpp"
#include "config/language/run/evaluator.hpp"

#include <functional>

namespace troupe {

// What the filters that go through lists have in common.

/// Follows a dotted path such as "user.groups.0" into `x`. `otherwise`
/// replaces an undefined value on the way, unless it is missing or null.
result<value> follow_path(evaluator& e, const value& x, const value& path,
                          const value& otherwise);

/// Text in lower case, anything else as it is: what sorting compares.
value without_case(const value& x);

/// Sorts by `keys`, keeping equals in place; both have the same length.
result<void> sort_by(std::vector<value>& items, std::vector<value> keys,
                     bool reverse);

/// Counts a tuple or list of that many values, of which a filter makes many;
/// whether it may.
bool may_make_row(size_t size);

/// A named argument, or missing_value().
const value& named_argument(const bound_arguments& x, std::string_view name);

} // namespace troupe
