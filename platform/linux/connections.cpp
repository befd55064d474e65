#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"
#include "platform/posix/network.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace troupe {

namespace {

// By the number that the kernel prints, from 1 on.
constexpr std::array<const char*, 12> states{
  "ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
  "LAST_ACK",    "LISTEN",    "CLOSING",  "NEW_SYN_RECV"};

/// "0100007F:1F90": words of four bytes as numbers of this machine.
bool parse_end(const std::string& text, std::string& address, uint16_t& port) {
  auto mark = text.find(':');
  if (mark != 8 && mark != 32)
    return false;
  std::array<uint32_t, 4> words{};
  for (size_t i = 0; i < mark / 8; ++i)
    words[i] = static_cast<uint32_t>(
      std::strtoul(text.substr(i * 8, 8).c_str(), nullptr, 16));
  port
    = static_cast<uint16_t>(std::strtoul(text.c_str() + mark + 1, nullptr, 16));
  char buffer[INET6_ADDRSTRLEN];
  // An IPv4 peer of an IPv6 socket is shown by its own address.
  auto mapped
    = mark == 32 && words[0] == 0 && words[1] == 0 && words[2] == htonl(0xFFFF);
  auto family = mark == 8 || mapped ? AF_INET : AF_INET6;
  auto* from = mapped ? &words[3] : words.data();
  if (!::inet_ntop(family, from, buffer, sizeof buffer))
    return false;
  address = buffer;
  return true;
}

} // namespace

std::vector<tcp_connection> parse_connections(const std::string& text) {
  std::vector<tcp_connection> out;
  for (auto& line : text_lines(text)) {
    std::istringstream words{line};
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    words >> number >> local >> remote >> state;
    tcp_connection one;
    auto index = std::strtoul(state.c_str(), nullptr, 16);
    if (index == 0 || index > states.size()
        || !parse_end(local, one.local_address, one.local_port)
        || !parse_end(remote, one.remote_address, one.remote_port))
      continue;
    one.state = states[index - 1];
    out.push_back(std::move(one));
  }
  return out;
}

result<std::vector<tcp_connection>> read_connections() {
  auto text = read_proc_file("/proc/net/tcp");
  if (text.empty())
    return error{errc::unsupported,
                 "cannot read '/proc/net/tcp', where the kernel lists its "
                 "connections"};
  auto out = parse_connections(text);
  auto more = parse_connections(read_proc_file("/proc/net/tcp6"));
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

} // namespace troupe
