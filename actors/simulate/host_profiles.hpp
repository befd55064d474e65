#pragma once

#include "platform/simulated/simulated_machine.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A kind of simulated hosts.
struct host_profile {
  std::string name;
  /// What people read about it.
  std::string summary;
  /// Without name and seed, which each host has for itself.
  machine_profile machine;
};

/// Null when there is none of that name.
const host_profile* find_profile(std::string_view name);

std::vector<std::string> profile_names();

/// All of them, one a line, with what they are.
std::string describe_profiles();

} // namespace troupe
