#include "platform/linux/network_routes.hpp"

#include "platform/linux/probes.hpp"

#include <arpa/inet.h>

#include <cstdlib>
#include <sstream>

namespace troupe {

namespace {

constexpr unsigned long route_up = 1;
constexpr unsigned long route_reject = 0x200;

std::string ipv4_of(const std::string& hex) {
  // The kernel prints the bytes of the address as one number of this machine.
  in_addr address{
    static_cast<in_addr_t>(std::strtoul(hex.c_str(), nullptr, 16))};
  char buffer[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &address, buffer, sizeof buffer) ? buffer : "";
}

std::string ipv6_of(const std::string& hex) {
  if (hex.size() != 32)
    return {};
  in6_addr address;
  for (size_t i = 0; i < 16; ++i)
    address.s6_addr[i] = static_cast<unsigned char>(
      std::strtoul(hex.substr(i * 2, 2).c_str(), nullptr, 16));
  char buffer[INET6_ADDRSTRLEN];
  return ::inet_ntop(AF_INET6, &address, buffer, sizeof buffer) ? buffer : "";
}

} // namespace

std::optional<default_route> default_ipv4_route(const std::string& text) {
  std::optional<default_route> best;
  auto best_metric = 0L;
  for (auto& line : text_lines(text)) {
    std::istringstream words{line};
    std::string interface;
    std::string destination;
    std::string gateway;
    std::string flags;
    std::string skipped;
    std::string metric;
    std::string mask;
    words >> interface >> destination >> gateway >> flags >> skipped >> skipped
      >> metric >> mask;
    if (destination != "00000000" || mask != "00000000"
        || (std::strtoul(flags.c_str(), nullptr, 16) & route_up) == 0)
      continue;
    auto rank = std::strtol(metric.c_str(), nullptr, 10);
    if (!best || rank < best_metric) {
      best = default_route{interface, ipv4_of(gateway)};
      best_metric = rank;
    }
  }
  return best;
}

std::optional<default_route> default_ipv6_route(const std::string& text) {
  std::optional<default_route> best;
  auto best_metric = 0UL;
  for (auto& line : text_lines(text)) {
    std::istringstream words{line};
    std::string destination;
    std::string length;
    std::string skipped;
    std::string gateway;
    std::string metric;
    std::string flags;
    std::string interface;
    words >> destination >> length >> skipped >> skipped >> gateway >> metric
      >> skipped >> skipped >> flags >> interface;
    auto bits = std::strtoul(flags.c_str(), nullptr, 16);
    // Without any route the kernel lists a rejecting one on the loopback.
    if (length != "00" || interface == "lo" || interface.empty()
        || (bits & route_up) == 0 || (bits & route_reject) != 0
        || destination.find_first_not_of('0') != std::string::npos)
      continue;
    auto rank = std::strtoul(metric.c_str(), nullptr, 16);
    if (!best || rank < best_metric) {
      best = default_route{interface, ipv6_of(gateway)};
      best_metric = rank;
    }
  }
  return best;
}

} // namespace troupe
