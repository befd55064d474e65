#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

// Plain structs of what the kernel and the files of a host say, without any
// name of Ansible's. Text is empty and numbers are zero where the host does
// not say; sizes are bytes unless a name says otherwise.

struct kernel_facts {
  /// "Linux".
  std::string name;
  /// The name of the node, as uname(2) has it.
  std::string node;
  std::string release;
  std::string version;
  std::string machine;
  std::string fully_qualified_name;
  std::string machine_id;
  std::string command_line;
  uint64_t uptime_seconds = 0;
  /// Name of process 1.
  std::string init;
  double load[3] = {0, 0, 0};
  /// Lines of /proc/self/status about capabilities.
  std::string effective_capabilities;
  bool fips = false;
  unsigned word_bits = 64;
};

struct distribution_facts {
  /// Entries of os-release.
  std::map<std::string, std::string> os_release;
  /// Entries of lsb-release.
  std::map<std::string, std::string> lsb_release;
  /// First lines of files such as /etc/debian_version, by path.
  std::map<std::string, std::string> version_files;
};

struct ipv4_address {
  std::string address;
  std::string netmask;
  std::string network;
  std::string broadcast;
  unsigned prefix = 0;
  std::string label;
};

struct ipv6_address {
  std::string address;
  unsigned prefix = 0;
  std::string scope;
};

struct network_interface {
  std::string name;
  std::string hardware_address;
  std::string permanent_address;
  /// "ether", "loopback", "bridge", "bonding", ...
  std::string type;
  std::string driver;
  std::string pci_id;
  unsigned mtu = 0;
  std::optional<int64_t> speed;
  bool active = false;
  bool promiscuous = false;
  std::vector<ipv4_address> ipv4;
  std::vector<ipv6_address> ipv6;
  /// Members of a bridge or bond.
  std::vector<std::string> members;
  std::string bridge_id;
  bool spanning_tree = false;
  std::string bond_mode;
};

struct default_route {
  std::string interface;
  std::string gateway;
};

struct network_facts {
  std::vector<network_interface> interfaces;
  std::optional<default_route> ipv4;
  std::optional<default_route> ipv6;
  std::vector<std::string> name_servers;
  std::vector<std::string> search_domains;
  std::string dns_domain;
  std::map<std::string, std::string> dns_options;
};

struct processor_facts {
  /// Number, vendor and model of each, as Ansible lists them.
  std::vector<std::string> descriptions;
  unsigned sockets = 0;
  unsigned cores_per_socket = 0;
  unsigned threads_per_core = 0;
  unsigned virtual_processors = 0;
  /// How many this process may use.
  unsigned usable = 0;
};

struct memory_facts {
  uint64_t total = 0;
  uint64_t free = 0;
  uint64_t available = 0;
  uint64_t buffers = 0;
  uint64_t cached = 0;
  uint64_t swap_total = 0;
  uint64_t swap_free = 0;
  uint64_t swap_cached = 0;
};

struct mount_facts {
  std::string device;
  std::string path;
  std::string type;
  std::string options;
  std::string uuid;
  /// Why the sizes are missing; empty: they are not.
  std::string note = {};
  uint64_t block_size = 0;
  uint64_t blocks_total = 0;
  uint64_t blocks_available = 0;
  uint64_t inodes_total = 0;
  uint64_t inodes_available = 0;
  uint64_t size_total = 0;
  uint64_t size_available = 0;
};

struct partition_facts {
  std::string name;
  uint64_t start = 0;
  uint64_t sectors = 0;
  unsigned sector_size = 512;
  uint64_t size = 0;
  std::string uuid;
  std::string label;
  std::vector<std::string> holders;
};

struct block_device {
  std::string name;
  std::string vendor;
  std::string model;
  std::string serial;
  std::string wwn;
  std::string scheduler;
  bool removable = false;
  bool rotational = false;
  std::string discard_granularity;
  /// Not on a bus of this machine: loops, mappings, devices of a hypervisor.
  bool is_virtual = true;
  uint64_t sectors = 0;
  unsigned sector_size = 512;
  uint64_t size = 0;
  std::vector<std::string> holders;
  /// Names below /dev/disk/by-... .
  std::vector<std::string> ids;
  std::vector<std::string> uuids;
  std::vector<std::string> labels;
  std::vector<std::string> masters;
  std::vector<partition_facts> partitions;
};

struct security_facts {
  bool selinux_present = false;
  std::string selinux_mode;
  std::string selinux_configured_mode;
  std::string selinux_type;
  int selinux_policy_version = 0;
  bool apparmor = false;
};

struct virtualization_facts {
  /// "kvm", "docker", ...; empty when none was found.
  std::string type;
  /// "guest" or "host".
  std::string role;
  std::vector<std::string> guest_technologies;
  std::vector<std::string> host_technologies;
};

struct process_facts {
  std::string user;
  std::string gecos;
  std::string home;
  std::string shell;
  std::string directory;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t effective_uid = 0;
  uint32_t effective_gid = 0;
};

/// Reads facts from the kernel and from files; starts no process. Each topic
/// can fail alone; the error says what could not be read.
class system_probe {
public:
  virtual ~system_probe() = default;

  /// The name of the host; cheap.
  virtual std::string host_name() = 0;

  virtual result<kernel_facts> kernel() = 0;
  virtual result<distribution_facts> distribution() = 0;
  virtual result<network_facts> network() = 0;
  virtual result<processor_facts> processor() = 0;
  virtual result<memory_facts> memory() = 0;
  virtual result<std::vector<mount_facts>> mounts() = 0;
  virtual result<std::vector<block_device>> devices() = 0;
  /// Names of the entries of the firmware's tables (`product_name`, ...).
  virtual result<std::map<std::string, std::string>> firmware() = 0;
  virtual result<virtualization_facts> virtualization() = 0;
  virtual result<security_facts> security() = 0;
  virtual result<process_facts> process() = 0;
  /// Key type ("rsa", "ed25519") and the public key's type and text.
  virtual result<std::map<std::string, std::pair<std::string, std::string>>>
  ssh_host_keys() = 0;
  /// Whether a path exists; for the programs by which package and service
  /// managers are recognised.
  virtual bool exists(const std::string& path) = 0;
};

} // namespace troupe
