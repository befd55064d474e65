#pragma once

#include "platform/network.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Which connections of a host count.
struct connection_filter {
  /// Own addresses; one that means "any" lets all pass.
  std::vector<std::string> local;
  uint16_t port = 0;
  std::vector<std::string> states;
  /// Peers that do not count.
  std::vector<std::string> excluded;
};

/// How many of `all` pass `filter`.
size_t count_connections(const std::vector<tcp_connection>& all,
                         const connection_filter& filter);

/// The states that a plan may name.
const std::vector<std::string>& connection_states();

} // namespace troupe
