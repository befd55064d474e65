#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One thing that is wrong with a plan or a configuration.
struct problem {
  /// JSON pointer of the place; empty for the document itself.
  std::string pointer;
  std::string message;
};

/// All that is wrong, so that one look shows everything.
using problems = std::vector<problem>;

/// `base` with one more step, escaped as JSON pointers are.
std::string pointer_to(std::string_view base, std::string_view key);
std::string pointer_to(std::string_view base, size_t index);

} // namespace troupe
