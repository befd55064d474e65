#include "modules/support/network/connections.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool is_any(const std::string& address) {
  return address == "0.0.0.0" || address == "::";
}

} // namespace

size_t count_connections(const std::vector<tcp_connection>& all,
                         const connection_filter& filter) {
  auto any = std::any_of(filter.local.begin(), filter.local.end(), is_any);
  return static_cast<size_t>(
    std::count_if(all.begin(), all.end(), [&](const tcp_connection& one) {
      return one.local_port == filter.port && contains(filter.states, one.state)
             && !contains(filter.excluded, one.remote_address)
             && (any || is_any(one.local_address)
                 || contains(filter.local, one.local_address));
    }));
}

const std::vector<std::string>& connection_states() {
  static const std::vector<std::string> names{
    "ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
    "FIN_WAIT2",   "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
    "LAST_ACK",    "LISTEN",    "CLOSING"};
  return names;
}

} // namespace troupe
