#pragma once

#include "platform/host.hpp"

#include <string>

namespace troupe {

/// Below the state folder: where a host keeps its membership of a fleet.
constexpr const char* host_member_folder = "agent";

/// A path that does not depend on where this program was started.
std::string full_path(host& machine, const std::string& path);

/// The folder of a membership that was given, or the usual one below the state
/// folder, which `TROUPE_STATE_DIR` may name.
std::string member_folder(host& machine, const std::string& given,
                          const std::string& usual);

} // namespace troupe
