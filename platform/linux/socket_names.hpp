#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/transport.hpp"

#include <sys/socket.h>

#include <string>

namespace troupe {

/// An address of a socket as the system has it.
struct socket_name {
  sockaddr_storage storage{};
  socklen_t length = 0;

  sockaddr* raw() {
    return reinterpret_cast<sockaddr*>(&storage);
  }
};

/// Errors: the address is not numeric.
result<socket_name> socket_name_of(const endpoint& x);

/// The numeric address, without the port.
std::string numeric_address(const sockaddr_storage& x);

/// A socket that takes connections, without waiting for them.
struct listening_socket {
  descriptor fd;
  uint16_t port = 0;
};

/// Begins to take connections over TCP, of which `backlog` wait at most.
/// Errors: the address is not numeric, or not to be had.
result<listening_socket> listen_at(const endpoint& at, int backlog);

/// Small pieces are not held back for more.
void say_at_once(int fd);

} // namespace troupe
