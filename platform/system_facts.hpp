#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe {

// Owned by the platform part: plain structs of what the kernel and the files
// of the host say, without any name of Ansible's.

/// Reads facts from the kernel and from files; starts no process.
class system_probe {
public:
  virtual ~system_probe() = default;
};

} // namespace troupe
