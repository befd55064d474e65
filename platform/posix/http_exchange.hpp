#pragma once

#include "platform/http.hpp"
#include "platform/posix/spawn.hpp"

#include <functional>

namespace troupe {

/// Connects to a name or address.
using connector = std::function<result<descriptor>(
  const std::string& name, uint16_t port, const wait_limit& limit)>;

/// See `network_access::exchange`.
result<http_answer> exchange_http(const http_request& request,
                                  const connector& connect);

} // namespace troupe
