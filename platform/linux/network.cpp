#include "platform/linux/network_routes.hpp"
#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <map>

namespace troupe {

namespace {

std::string text_of(const in_addr& address) {
  char buffer[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &address, buffer, sizeof buffer) ? buffer : "";
}

std::string hardware_text(const unsigned char* bytes, unsigned length) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    if (i > 0)
      out += ':';
    out += digits[bytes[i] >> 4U];
    out += digits[bytes[i] & 15U];
  }
  return out;
}

std::string scope_of(const in6_addr& address) {
  if (IN6_IS_ADDR_LOOPBACK(&address))
    return "host";
  if (IN6_IS_ADDR_LINKLOCAL(&address))
    return "link";
  return IN6_IS_ADDR_SITELOCAL(&address) ? "site" : "global";
}

void add_ipv4(network_interface& to, const ifaddrs& entry) {
  auto& address = reinterpret_cast<sockaddr_in*>(entry.ifa_addr)->sin_addr;
  ipv4_address one;
  one.address = text_of(address);
  one.label = entry.ifa_name;
  in_addr mask{0xFFFFFFFFU};
  if (entry.ifa_netmask)
    mask = reinterpret_cast<sockaddr_in*>(entry.ifa_netmask)->sin_addr;
  one.netmask = text_of(mask);
  one.prefix = static_cast<unsigned>(std::popcount(mask.s_addr));
  one.network = text_of({address.s_addr & mask.s_addr});
  if ((entry.ifa_flags & IFF_BROADCAST) != 0 && entry.ifa_broadaddr) {
    auto& there = reinterpret_cast<sockaddr_in*>(entry.ifa_broadaddr)->sin_addr;
    // Without one the address itself stands there.
    if (there.s_addr != address.s_addr)
      one.broadcast = text_of(there);
  }
  to.ipv4.push_back(std::move(one));
}

void add_ipv6(network_interface& to, const ifaddrs& entry) {
  auto& address = reinterpret_cast<sockaddr_in6*>(entry.ifa_addr)->sin6_addr;
  char buffer[INET6_ADDRSTRLEN];
  if (!::inet_ntop(AF_INET6, &address, buffer, sizeof buffer))
    return;
  ipv6_address one{buffer, 0, scope_of(address)};
  if (entry.ifa_netmask) {
    auto& mask = reinterpret_cast<sockaddr_in6*>(entry.ifa_netmask)->sin6_addr;
    for (auto byte : mask.s6_addr)
      one.prefix += static_cast<unsigned>(std::popcount(byte));
  }
  to.ipv6.push_back(std::move(one));
}

std::string link_name(const std::string& path) {
  char target[PATH_MAX];
  auto n = ::readlink(path.c_str(), target, sizeof target);
  if (n <= 0)
    return {};
  std::string text{target, static_cast<size_t>(n)};
  return text.substr(text.rfind('/') + 1);
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find(' ', begin), text.size());
    if (end > begin)
      out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

void describe_kind(network_interface& one, const std::string& folder,
                   unsigned flags, proc_folders& folders) {
  // ARPHRD_ETHER and ARPHRD_LOOPBACK; the others have names of their own.
  auto type = read_proc_line(folder + "/type");
  one.type = type == "1"                   ? "ether"
             : type == "32"                ? "infiniband"
             : type == "512"               ? "ppp"
             : (flags & IFF_LOOPBACK) != 0 ? "loopback"
                                           : "unknown";
  if (::access((folder + "/bridge").c_str(), F_OK) == 0) {
    one.type = "bridge";
    one.bridge_id = read_proc_line(folder + "/bridge/bridge_id");
    one.spanning_tree = read_proc_line(folder + "/bridge/stp_state") == "1";
    one.members = folders.names_in(folder + "/brif");
  }
  if (::access((folder + "/bonding").c_str(), F_OK) == 0) {
    one.type = "bonding";
    one.members = words_of(read_proc_line(folder + "/bonding/slaves"));
    auto mode = words_of(read_proc_line(folder + "/bonding/mode"));
    one.bond_mode = mode.empty() ? "" : mode.front();
  }
}

void describe(network_interface& one, unsigned flags, proc_folders& folders) {
  auto folder = "/sys/class/net/" + one.name;
  one.mtu
    = static_cast<unsigned>(std::atoi(read_proc_line(folder + "/mtu").c_str()));
  one.active
    = (flags & IFF_UP) != 0 && read_proc_line(folder + "/operstate") != "down";
  one.promiscuous = (flags & IFF_PROMISC) != 0;
  describe_kind(one, folder, flags, folders);
  // Reading the speed of an interface without a carrier is an error.
  if (auto speed = read_proc_line(folder + "/speed"); !speed.empty())
    one.speed = std::atoll(speed.c_str());
  auto device = link_name(folder + "/device");
  if (!device.empty()) {
    one.pci_id = device;
    one.driver = link_name(folder + "/device/driver/module");
  }
}

void read_resolver(network_facts& out) {
  for (auto& line : text_lines(read_proc_file("/etc/resolv.conf"))) {
    if (line.empty() || line[0] == '#' || line[0] == ';')
      continue;
    std::string plain = line;
    std::replace(plain.begin(), plain.end(), '\t', ' ');
    auto words = words_of(plain);
    if (words.size() < 2)
      continue;
    if (words[0] == "nameserver")
      out.name_servers.push_back(words[1]);
    else if (words[0] == "domain")
      out.dns_domain = words[1];
    else if (words[0] == "search")
      out.search_domains.assign(words.begin() + 1, words.end());
    else if (words[0] == "options")
      for (size_t i = 1; i < words.size(); ++i) {
        auto mark = words[i].find(':');
        out.dns_options[words[i].substr(0, mark)]
          = mark == std::string::npos ? "" : words[i].substr(mark + 1);
      }
  }
}

} // namespace

result<network_facts> probe_network() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0)
    return system_error(errno, "cannot list the network interfaces");
  network_facts out;
  std::map<std::string, unsigned> flags;
  auto interface = [&](const std::string& label) -> network_interface& {
    // `eth0:1` is a second address of eth0.
    auto name = label.substr(0, label.find(':'));
    for (auto& one : out.interfaces)
      if (one.name == name)
        return one;
    out.interfaces.emplace_back();
    out.interfaces.back().name = name;
    return out.interfaces.back();
  };
  for (auto entry = all; entry; entry = entry->ifa_next) {
    auto& one = interface(entry->ifa_name);
    flags[one.name] |= entry->ifa_flags;
    if (!entry->ifa_addr)
      continue;
    if (entry->ifa_addr->sa_family == AF_INET)
      add_ipv4(one, *entry);
    else if (entry->ifa_addr->sa_family == AF_INET6)
      add_ipv6(one, *entry);
    else if (entry->ifa_addr->sa_family == AF_PACKET) {
      auto& link = *reinterpret_cast<sockaddr_ll*>(entry->ifa_addr);
      one.hardware_address = hardware_text(link.sll_addr, link.sll_halen);
    }
  }
  ::freeifaddrs(all);
  proc_folders folders;
  for (auto& one : out.interfaces)
    describe(one, flags[one.name], folders);
  if (!folders.outcome())
    return folders.outcome().why();
  out.ipv4 = default_ipv4_route(read_proc_file("/proc/net/route"));
  out.ipv6 = default_ipv6_route(read_proc_file("/proc/net/ipv6_route"));
  read_resolver(out);
  return out;
}

} // namespace troupe
