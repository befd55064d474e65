#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

struct version_question {
  /// "eq", "==", "lt", ">=" and so on.
  std::string op = "eq";
  /// "loose", "strict", "semver", "semantic" or "pep440"; loose when empty.
  std::string kind;
};

/// Whether `x op y` holds for two versions.
result<bool> compare_versions(std::string_view x, std::string_view y,
                              const version_question& ask);

} // namespace troupe
