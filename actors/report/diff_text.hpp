#pragma once

#include "actors/report/palette.hpp"
#include "config/value/value.hpp"

#include <string>

namespace troupe {

/// A difference as modules give it (or a list of some), as unified text. What
/// cannot be shown, for it is binary or too large, is said in words.
std::string describe_diff(const value& diff, const palette& colours);

} // namespace troupe
