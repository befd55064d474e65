#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How many letters have to be put in, left out, changed or swapped with their
/// neighbours to make one name of another.
size_t edits_between(std::string_view a, std::string_view b);

/// The entry of `known` that was probably meant by `given`; empty when none
/// is near. Case and `-` for `_` do not count.
std::string nearest_name(std::string_view given,
                         const std::vector<std::string>& known);

/// `; did you mean 'NAME'?`, or nothing.
std::string did_you_mean(std::string_view given,
                         const std::vector<std::string>& known);

/// "no WHAT named 'GIVEN'", with the nearest name that there is.
std::string unknown_name(std::string_view what, std::string_view given,
                         const std::vector<std::string>& known);

} // namespace troupe
