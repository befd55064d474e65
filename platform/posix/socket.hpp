#pragma once

#include "platform/clock.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/result.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

/// Reads an address of either family; whether it is one.
bool numeric(const std::string& text, uint16_t port, socket_address& out);

/// The socket at a path; an error when that is too long for one.
result<socket_address> address_of_path(const std::string& path);

/// Waits until a socket is ready (`POLLIN`, `POLLOUT`). Class `timeout` or
/// `cancelled` when the limit came first.
result<void> wait_ready(int fd, short what, const wait_limit& limit);

/// A stream that does not block, connected within `limit`.
result<descriptor> connect_to(const socket_address& address,
                              const wait_limit& limit);

} // namespace troupe
