#pragma once

#include <cstdint>

namespace troupe {

/// The mode of a plain file once its content or its owner has become another:
/// without the bits that let it run as its owner or group. (Without execution
/// by the group the second one means something else.)
constexpr uint32_t without_set_id(uint32_t mode) {
  constexpr uint32_t user = 04000;
  constexpr uint32_t group = 02000;
  constexpr uint32_t group_runs = 0010;
  return mode & ~(user | ((mode & group_runs) != 0 ? group : 0));
}

} // namespace troupe
