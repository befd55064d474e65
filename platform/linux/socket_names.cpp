#include "platform/linux/socket_names.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

namespace troupe {

result<socket_name> socket_name_of(const endpoint& x) {
  socket_name out;
  auto& four = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (::inet_pton(AF_INET, x.host.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(x.port);
    out.length = sizeof four;
  } else if (::inet_pton(AF_INET6, x.host.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(x.port);
    out.length = sizeof six;
  } else {
    return error{errc::invalid_argument,
                 "expected a numeric address, found '" + x.host + "'"};
  }
  return out;
}

std::string numeric_address(const sockaddr_storage& x) {
  char text[INET6_ADDRSTRLEN] = {};
  if (x.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(x).sin_addr,
                text, sizeof text);
  else
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(x).sin6_addr,
                text, sizeof text);
  return text;
}

result<listening_socket> listen_at(const endpoint& at, int backlog) {
  auto name = socket_name_of(at);
  if (!name)
    return name.why();
  auto what = "cannot listen at " + to_string(at);
  listening_socket out;
  out.fd.reset(::socket(name->storage.ss_family,
                        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int on = 1;
  auto fd = out.fd.get();
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || ::bind(fd, name->raw(), name->length) != 0
      || ::listen(fd, backlog) != 0)
    return error{errc::network, system_error(errno, what).message};
  socket_name bound;
  bound.length = sizeof bound.storage;
  if (::getsockname(fd, bound.raw(), &bound.length) != 0)
    return error{errc::network, system_error(errno, what).message};
  // The port is at the same place in both families.
  out.port = ntohs(reinterpret_cast<sockaddr_in&>(bound.storage).sin_port);
  return out;
}

void say_at_once(int fd) {
  int on = 1;
  static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

} // namespace troupe
