#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// The mode that `wanted` asks for: octal text or a number, or symbolic
/// (`u=rwX,g-w,o=`) applied to `current`. `umask` counts where a clause names
/// nobody (`+x`), as chmod(1) has it.
result<uint32_t> resolve_mode(const value& wanted, uint32_t current,
                              bool is_directory, uint32_t umask);

/// "0644" or "04755", as results show modes; `stat` and `find` have their own
/// way.
std::string octal(uint32_t mode);

} // namespace troupe
