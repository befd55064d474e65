#include "platform/simulated/simulated_host.hpp"

namespace troupe {

simulated_probe::simulated_probe(simulated_files& files) : files_{files} {
  kernel_answer.name = "Linux";
  kernel_answer.node = "simulated";
  kernel_answer.release = "6.1.0-simulated";
  kernel_answer.version = "#1 SMP";
  kernel_answer.machine = "x86_64";
  kernel_answer.fully_qualified_name = "simulated.example.com";
  kernel_answer.init = "systemd";
  kernel_answer.effective_capabilities = "1ffffffffff";
  distribution_answer.os_release = {{"ID", "debian"},
                                    {"NAME", "Debian GNU/Linux"},
                                    {"VERSION_ID", "12"},
                                    {"VERSION_CODENAME", "bookworm"}};
  distribution_answer.version_files = {{"/etc/debian_version", "12.5"}};
  network_interface loopback;
  loopback.name = "lo";
  loopback.type = "loopback";
  loopback.mtu = 65536;
  loopback.active = true;
  loopback.ipv4.push_back({"127.0.0.1", "255.0.0.0", "127.0.0.0", "", 8, "lo"});
  network_interface ethernet;
  ethernet.name = "eth0";
  ethernet.type = "ether";
  ethernet.mtu = 1500;
  ethernet.active = true;
  ethernet.hardware_address = "02:00:00:00:00:01";
  ethernet.ipv4.push_back(
    {"192.0.2.10", "255.255.255.0", "192.0.2.0", "192.0.2.255", 24, "eth0"});
  network_answer.interfaces = {loopback, ethernet};
  network_answer.ipv4 = default_route{"eth0", "192.0.2.1"};
  processor_answer.descriptions = {"0", "Simulated", "Simulated CPU"};
  processor_answer.sockets = 1;
  processor_answer.cores_per_socket = 2;
  processor_answer.threads_per_core = 1;
  processor_answer.virtual_processors = 2;
  processor_answer.usable = 2;
  memory_answer.total = uint64_t{4} << 30;
  memory_answer.free = uint64_t{2} << 30;
  process_answer.user = "root";
  process_answer.home = "/root";
  process_answer.shell = "/bin/sh";
}

std::string simulated_probe::host_name() {
  return kernel_answer.node;
}

result<kernel_facts> simulated_probe::kernel() {
  return answer("kernel", kernel_answer);
}

result<distribution_facts> simulated_probe::distribution() {
  return answer("distribution", distribution_answer);
}

result<network_facts> simulated_probe::network() {
  return answer("network", network_answer);
}

result<processor_facts> simulated_probe::processor() {
  return answer("processor", processor_answer);
}

result<memory_facts> simulated_probe::memory() {
  return answer("memory", memory_answer);
}

result<std::vector<mount_facts>> simulated_probe::mounts() {
  return answer("mounts", mounts_answer);
}

result<std::vector<block_device>> simulated_probe::devices() {
  return answer("devices", devices_answer);
}

result<std::map<std::string, std::string>> simulated_probe::firmware() {
  return answer("firmware", firmware_answer);
}

result<virtualization_facts> simulated_probe::virtualization() {
  return answer("virtualization", virtualization_answer);
}

result<security_facts> simulated_probe::security() {
  return answer("security", security_answer);
}

result<process_facts> simulated_probe::process() {
  return answer("process", process_answer);
}

result<std::map<std::string, std::pair<std::string, std::string>>>
simulated_probe::ssh_host_keys() {
  return answer("ssh_host_keys", keys_answer);
}

bool simulated_probe::exists(const std::string& path) {
  return files_.access(path, "");
}

} // namespace troupe
