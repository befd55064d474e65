#include "platform/posix/network.hpp"

#include "platform/posix/http_exchange.hpp"
#include "platform/posix/socket.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// More than any greeting; what comes after is not looked at.
constexpr size_t longest_greeting = size_t{1} << 20;

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
           && wait_ready(peer->get(), POLLIN, reading)) {
      auto n = ::read(peer->get(), buffer, sizeof buffer);
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

  result<http_answer> exchange(const http_request& request) override {
    return exchange_http(request, [this](const std::string& name, uint16_t port,
                                         const wait_limit& limit) {
      return connect_any(name, port, limit);
    });
  }

private:
  result<descriptor> connect_any(const std::string& name, uint16_t port,
                                 const wait_limit& limit) {
    error why{errc::network, "the name '" + name + "' has no address"};
    for (auto& address : addresses(name, limit)) {
      socket_address target;
      if (!numeric(address, port, target))
        continue;
      auto peer = connect_to(target, limit);
      if (peer || peer.why().code == errc::cancelled)
        return peer;
      why = peer.why();
    }
    return why;
  }

  process_runner& processes_;
};

} // namespace

std::unique_ptr<network_access> make_posix_network(process_runner& processes) {
  return std::make_unique<posix_network>(processes);
}

} // namespace troupe
