#pragma once

#include "config/language/python/civil_time.hpp"
#include "config/language/run/object.hpp"

#include <optional>

namespace troupe {

/// Python's `datetime`. `offset`: how many seconds it is ahead of UTC; absent:
/// it has no zone.
value make_datetime(const civil_time& x,
                    std::optional<int64_t> offset = std::nullopt);

/// Python's `date`.
value make_date(const civil_time& x);

/// Whether `x` is one of these.
bool is_point_in_time(const value& x);

/// What PyYAML makes of text that `resolve_yaml` takes for a timestamp: a date
/// or a moment. An error when there is no such day or time.
result<value> read_yaml_time(std::string_view text);

} // namespace troupe
