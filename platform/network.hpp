#pragma once

#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One TCP connection or listener of the host, as the kernel lists it.
struct tcp_connection {
  std::string local_address;
  uint16_t local_port = 0;
  std::string remote_address;
  uint16_t remote_port = 0;
  /// "ESTABLISHED", "LISTEN", "TIME_WAIT", ...
  std::string state;
};

/// What modules ask of the network.
class network_access {
public:
  virtual ~network_access() = default;

  /// Numeric addresses of a name or address; empty when it is unknown.
  virtual std::vector<std::string> addresses(const std::string& name,
                                             const wait_limit& limit)
    = 0;

  /// Whether a TCP connection can be made within `limit`.
  virtual bool connects(const std::string& name, uint16_t port,
                        const wait_limit& limit)
    = 0;

  /// Connects within `connecting` and reads until `enough` says so, the peer
  /// closes or `reading` is over. False when `enough` was never satisfied.
  virtual bool reads_until(const std::string& name, uint16_t port,
                           const wait_limit& connecting,
                           const wait_limit& reading,
                           const std::function<bool(std::string_view)>& enough)
    = 0;

  /// Asks a web server once, without following where it sends to. Every status
  /// is an answer. Classes of failures: `network`, `timeout`, `cancelled`,
  /// `exhausted`, `permission_denied` when its certificate is not accepted.
  virtual result<http_answer> exchange(const http_request& request) = 0;

  /// All TCP connections of the host.
  virtual result<std::vector<tcp_connection>> connections() = 0;
};

} // namespace troupe
