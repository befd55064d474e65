#pragma once

#include "config/value/value.hpp"

namespace troupe {

/// The version of Ansible whose behaviour counts, for plans and modules that
/// ask.
inline constexpr const char* compatible_version = "2.14.18";

/// The same as `ansible_version` tells it.
inline dict compatible_version_table() {
  return {{"full", compatible_version},
          {"string", compatible_version},
          {"major", 2},
          {"minor", 14},
          {"revision", 18}};
}

} // namespace troupe
