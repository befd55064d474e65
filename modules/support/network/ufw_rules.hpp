#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace troupe {

/// The lines of a file of ufw, or of what it would write, that are rules.
std::string ufw_tuples(const std::string& text);

/// Whether what ufw said it would write is other than the rules that there are.
/// Of addresses of one kind it only shows the rules of that kind.
bool ufw_would_change(const std::string& rules, const std::string& said,
                      const std::string& from, const std::string& to);

/// The number before which a rule goes, counted from the first or last one of
/// its kind in what `ufw status numbered` lists; absent: behind all of them.
std::optional<int64_t> ufw_number(const std::string& listed,
                                  const std::string& relative, int64_t insert);

} // namespace troupe
