#include "platform/posix/socket.hpp"

#include "platform/posix/wake.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace troupe {

namespace {

error limit_reached(const wait_limit& limit) {
  if (limit.stop.stop_requested())
    return {errc::cancelled, "cancelled while waiting for the network"};
  return {errc::timeout, "the other side took too long"};
}

} // namespace

bool numeric(const std::string& text, uint16_t port, socket_address& out) {
  auto& four = reinterpret_cast<sockaddr_in&>(out.storage);
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    out.length = sizeof four;
    return true;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    out.length = sizeof six;
    return true;
  }
  return false;
}

result<socket_address> address_of_path(const std::string& path) {
  socket_address out;
  auto& local = reinterpret_cast<sockaddr_un&>(out.storage);
  if (path.empty() || path.size() >= sizeof local.sun_path
      || path.find('\0') != std::string::npos)
    return error{errc::invalid_argument,
                 "'" + path + "' cannot be the path of a socket"};
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
  out.length = sizeof local;
  return out;
}

result<void> wait_ready(int fd, short what, const wait_limit& limit) {
  using steady = std::chrono::steady_clock;
  stop_wake wake{limit.stop};
  while (!limit.stop.stop_requested()) {
    std::array<pollfd, 2> set{{{fd, what, 0}, {wake.fd(), POLLIN, 0}}};
    auto left = limit.until - steady::now();
    auto patience = std::chrono::ceil<std::chrono::milliseconds>(
      std::clamp<steady::duration>(left, left.zero(), std::chrono::hours{1}));
    auto n = ::poll(set.data(), set.size(), static_cast<int>(patience.count()));
    if (n > 0 && set[0].revents != 0)
      return {};
    if (n == 0 && left <= std::chrono::hours{1})
      break;
    if (n < 0 && errno != EINTR)
      return error{errc::network, system_error(errno, "poll").message};
  }
  return limit_reached(limit);
}

result<descriptor> connect_to(const socket_address& address,
                              const wait_limit& limit) {
  auto refused = [](int number) {
    return error{errc::network, system_error(number, "connect").message};
  };
  descriptor out{::socket(address.storage.ss_family,
                          SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out)
    return refused(errno);
  auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(out.get(), raw, address.length) == 0)
    return out;
  if (errno != EINPROGRESS)
    return refused(errno);
  if (auto ready = wait_ready(out.get(), POLLOUT, limit); !ready)
    return ready.why();
  auto failed = 0;
  socklen_t size = sizeof failed;
  if (::getsockopt(out.get(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0)
    failed = errno;
  if (failed != 0)
    return refused(failed);
  return out;
}

} // namespace troupe
