#include "modules/support/facts/ansible_facts.hpp"

#include <algorithm>

namespace troupe {

namespace {

dict ipv4_entry(const ipv4_address& one) {
  return dict{{"address", value::from_host(one.address)},
              {"broadcast", value::from_host(one.broadcast)},
              {"netmask", value::from_host(one.netmask)},
              {"network", value::from_host(one.network)},
              {"prefix", std::to_string(one.prefix)}};
}

dict ipv6_entry(const ipv6_address& one) {
  return dict{{"address", value::from_host(one.address)},
              {"prefix", std::to_string(one.prefix)},
              {"scope", value::from_host(one.scope)}};
}

list text_list(const std::vector<std::string>& from) {
  list out;
  for (auto& text : from)
    out.push_back(value::from_host(text));
  return out;
}

dict interface_facts(const network_interface& one) {
  dict out{{"device", value::from_host(one.name)}};
  // The loopback has no address of hardware, although the kernel prints one.
  if (one.type != "loopback" && !one.hardware_address.empty())
    out.set("macaddress", value::from_host(one.hardware_address));
  out.set("mtu", int64_t{one.mtu});
  out.set("active", one.active);
  if (!one.driver.empty())
    out.set("module", value::from_host(one.driver));
  if (!one.pci_id.empty())
    out.set("pciid", value::from_host(one.pci_id));
  if (one.speed)
    out.set("speed", *one.speed);
  out.set("type", value::from_host(one.type));
  out.set("promisc", one.promiscuous);
  if (one.type == "bridge") {
    out.set("interfaces", text_list(one.members));
    out.set("id", value::from_host(one.bridge_id));
    out.set("stp", one.spanning_tree);
  }
  if (one.type == "bonding") {
    out.set("slaves", text_list(one.members));
    out.set("mode", value::from_host(one.bond_mode));
  }
  if (!one.ipv4.empty())
    out.set("ipv4", ipv4_entry(one.ipv4.front()));
  list more;
  for (size_t i = 1; i < one.ipv4.size(); ++i)
    more.push_back(ipv4_entry(one.ipv4[i]));
  if (!more.empty())
    out.set("ipv4_secondaries", std::move(more));
  list ipv6;
  for (auto& address : one.ipv6)
    ipv6.push_back(ipv6_entry(address));
  if (!ipv6.empty())
    out.set("ipv6", std::move(ipv6));
  return out;
}

const network_interface* find_interface(const network_facts& network,
                                        const std::string& name) {
  for (auto& one : network.interfaces)
    if (one.name == name)
      return &one;
  return nullptr;
}

void add_common(dict& to, const network_interface& one) {
  to.set("macaddress", value::from_host(one.hardware_address));
  to.set("mtu", int64_t{one.mtu});
  to.set("type", value::from_host(one.type));
}

dict default_ipv4(const network_facts& network) {
  dict out;
  auto* one
    = network.ipv4 ? find_interface(network, network.ipv4->interface) : nullptr;
  if (!one)
    return out;
  out.set("gateway", value::from_host(network.ipv4->gateway));
  out.set("interface", value::from_host(one->name));
  if (!one->ipv4.empty()) {
    for (auto& [key, x] : ipv4_entry(one->ipv4.front()))
      out.set(key, x);
    out.set("alias", value::from_host(one->ipv4.front().label));
  }
  add_common(out, *one);
  return out;
}

dict default_ipv6(const network_facts& network) {
  dict out;
  auto* one
    = network.ipv6 ? find_interface(network, network.ipv6->interface) : nullptr;
  if (!one)
    return out;
  out.set("gateway", value::from_host(network.ipv6->gateway));
  out.set("interface", value::from_host(one->name));
  // What reaches the world is not the address of the link.
  auto at = std::find_if(one->ipv6.begin(), one->ipv6.end(),
                         [](auto& x) { return x.scope == "global"; });
  if (at == one->ipv6.end())
    at = one->ipv6.begin();
  if (at != one->ipv6.end())
    for (auto& [key, x] : ipv6_entry(*at))
      out.set(key, x);
  add_common(out, *one);
  return out;
}

/// Names of interfaces that are no names of variables: `br-lan`, `eth0.5`.
std::string variable_name(std::string name) {
  for (auto& c : name)
    if (c == '-' || c == ':' || c == '.')
      c = '_';
  return name;
}

} // namespace

void collect_network(fact_collection& to) {
  auto network = to.probe().network();
  if (!network)
    return to.warn("network", network.why());
  list names;
  list all_ipv4;
  list all_ipv6;
  for (auto& one : network->interfaces) {
    names.push_back(value::from_host(one.name));
    to.facts.set(variable_name(one.name), interface_facts(one));
    for (auto& address : one.ipv4)
      if (!address.address.starts_with("127."))
        all_ipv4.push_back(value::from_host(address.address));
    for (auto& address : one.ipv6)
      if (address.address != "::1")
        all_ipv6.push_back(value::from_host(address.address));
  }
  to.facts.set("interfaces", std::move(names));
  to.facts.set("default_ipv4", default_ipv4(*network));
  to.facts.set("default_ipv6", default_ipv6(*network));
  to.facts.set("all_ipv4_addresses", std::move(all_ipv4));
  to.facts.set("all_ipv6_addresses", std::move(all_ipv6));
}

void collect_dns(fact_collection& to) {
  auto network = to.probe().network();
  if (!network)
    return to.warn("DNS", network.why());
  dict out;
  if (!network->name_servers.empty())
    out.set("nameservers", text_list(network->name_servers));
  if (!network->dns_domain.empty())
    out.set("domain", value::from_host(network->dns_domain));
  if (!network->search_domains.empty())
    out.set("search", text_list(network->search_domains));
  dict options;
  for (auto& [name, text] : network->dns_options)
    options.set(name, text.empty() ? value{true} : value::from_host(text));
  if (!options.empty())
    out.set("options", std::move(options));
  to.facts.set("dns", std::move(out));
}

} // namespace troupe
