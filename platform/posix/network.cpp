#include "platform/posix/network.hpp"

#include "platform/posix/spawn.hpp"
#include "platform/posix/wake.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// More than any greeting; what comes after is not looked at.
constexpr size_t longest_greeting = size_t{1} << 20;

struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

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

/// Whether the socket has become ready before the limit.
bool wait_for(int fd, short what, const wait_limit& limit) {
  stop_wake wake{limit.stop};
  while (!limit.stop.stop_requested()) {
    std::array<pollfd, 2> set{{{fd, what, 0}, {wake.fd(), POLLIN, 0}}};
    auto left = limit.until - steady::now();
    auto patience = std::chrono::ceil<std::chrono::milliseconds>(
      std::clamp<steady::duration>(left, left.zero(), std::chrono::hours{1}));
    auto n = ::poll(set.data(), set.size(), static_cast<int>(patience.count()));
    if (n > 0 && set[0].revents != 0)
      return true;
    if (n == 0 && left <= std::chrono::hours{1})
      return false;
    if (n < 0 && errno != EINTR)
      return false;
  }
  return false;
}

descriptor connect_to(const socket_address& address, const wait_limit& limit) {
  descriptor out{::socket(address.storage.ss_family,
                          SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out)
    return out;
  auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(out.get(), raw, address.length) == 0)
    return out;
  auto failed = 0;
  socklen_t size = sizeof failed;
  if (errno != EINPROGRESS || !wait_for(out.get(), POLLOUT, limit)
      || ::getsockopt(out.get(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0
      || failed != 0)
    out.reset();
  return out;
}

std::vector<std::string> from_hosts_file(const std::string& name) {
  std::vector<std::string> out;
  std::ifstream in{"/etc/hosts"};
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line.substr(0, line.find('#'))};
    std::string address;
    words >> address;
    for (std::string word; words >> word;)
      if (word == name)
        out.push_back(address);
  }
  return out;
}

class posix_network final : public network_access {
public:
  explicit posix_network(process_runner& processes) : processes_{processes} {
  }

  std::vector<std::string> addresses(const std::string& name,
                                     const wait_limit& limit) override {
    socket_address ignored;
    if (numeric(name, 0, ignored))
      return {name};
    if (auto found = from_hosts_file(name); !found.empty())
      return found;
    process_spec spec;
    spec.argv = {"getent", "ahosts", "--", name};
    spec.deadline
      = limit.at_most(steady::now() + std::chrono::seconds{10}).until;
    spec.stop = limit.stop;
    auto answer = processes_.run(spec);
    std::vector<std::string> out;
    if (!answer || answer->rc != 0)
      return out;
    std::istringstream lines{answer->out.bytes};
    for (std::string line; std::getline(lines, line);) {
      auto address = line.substr(0, line.find(' '));
      if (std::find(out.begin(), out.end(), address) == out.end())
        out.push_back(address);
    }
    return out;
  }

  bool connects(const std::string& name, uint16_t port,
                const wait_limit& limit) override {
    return static_cast<bool>(connect_any(name, port, limit));
  }

  bool
  reads_until(const std::string& name, uint16_t port,
              const wait_limit& connecting, const wait_limit& reading,
              const std::function<bool(std::string_view)>& enough) override {
    auto peer = connect_any(name, port, connecting);
    std::string text;
    char buffer[4096];
    while (peer && text.size() < longest_greeting
           && wait_for(peer.get(), POLLIN, reading)) {
      auto n = ::read(peer.get(), buffer, sizeof buffer);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n <= 0)
        break;
      text.append(buffer, static_cast<size_t>(n));
      if (enough(text))
        return true;
    }
    return false;
  }

  result<std::vector<tcp_connection>> connections() override {
    return read_connections();
  }

private:
  descriptor connect_any(const std::string& name, uint16_t port,
                         const wait_limit& limit) {
    for (auto& address : addresses(name, limit)) {
      socket_address target;
      if (!numeric(address, port, target))
        continue;
      if (auto peer = connect_to(target, limit))
        return peer;
    }
    return {};
  }

  process_runner& processes_;
};

} // namespace

std::unique_ptr<network_access> make_posix_network(process_runner& processes) {
  return std::make_unique<posix_network>(processes);
}

} // namespace troupe
