#pragma once

#include "config/inventory/inventory_data.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The patterns in a text: divided at commas, or else at colons, where they are
/// not part of an address or inside brackets.
std::vector<std::string> split_patterns(std::string_view text);

/// Finds hosts by patterns.
class host_search {
public:
  explicit host_search(const inventory_data& in) : in_{in} {
  }

  /// The hosts that patterns choose, in order: first those without `!` and `&`,
  /// then what `&` leaves, then without what `!` names.
  result<std::vector<std::string>>
  find(const std::vector<std::string>& patterns);

  /// Patterns that nothing matched.
  std::vector<std::string> unmatched;

private:
  using names = std::vector<std::string>;

  result<names> match(std::string_view pattern);
  result<names> match_expression(std::string_view pattern);

  const inventory_data& in_;
};

} // namespace troupe
