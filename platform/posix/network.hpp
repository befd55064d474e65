#pragma once

#include "platform/network.hpp"
#include "platform/process.hpp"

#include <memory>

namespace troupe {

/// The network of this machine. Names that are neither numbers nor in
/// /etc/hosts are resolved by `getent` (run by `processes`), so that no
/// foreign resolver library is loaded into this program.
std::unique_ptr<network_access> make_posix_network(process_runner& processes);

/// The entries of a table such as /proc/net/tcp.
std::vector<tcp_connection> parse_connections(const std::string& text);

/// What the kernel knows of TCP connections, both address families.
result<std::vector<tcp_connection>> read_connections();

} // namespace troupe
