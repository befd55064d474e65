#pragma once

#include <cstddef>
#include <string_view>

namespace troupe {

// As the members of std::string_view, but linear in the two texts together
// whatever they are.

/// Where `wanted` is in `x` first, from byte `from` on; npos when it is not.
size_t find_text(std::string_view x, std::string_view wanted, size_t from = 0);

/// Where it is last.
size_t find_last_text(std::string_view x, std::string_view wanted);

} // namespace troupe
