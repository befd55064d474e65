#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace troupe {

namespace {

bool exists(const char* path) {
  return ::access(path, F_OK) == 0;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Adds up what is found; the first guest technology names the type.
struct finding {
  virtualization_facts out;

  void guest(const std::string& type) {
    auto& all = out.guest_technologies;
    if (std::find(all.begin(), all.end(), type) == all.end())
      all.emplace_back(type);
    if (out.role != "guest") {
      out.type = type;
      out.role = "guest";
    }
  }

  void host(const char* type) {
    out.host_technologies.emplace_back(type);
    if (out.role.empty()) {
      out.type = type;
      out.role = "host";
    }
  }
};

void find_containers(finding& found) {
  auto groups = read_proc_file("/proc/1/cgroup");
  auto environment = read_proc_file("/proc/1/environ");
  // The first that is found names the type: control groups before what the
  // first process was told, and that before files.
  if (contains(groups, "/docker/") || contains(groups, "/docker-"))
    found.guest("docker");
  if (contains(groups, "/lxc/")
      || contains(groups, "/machine.slice/machine-lxc")
      || contains(environment, "container=lxc"))
    found.guest("lxc");
  if (contains(groups, "/system.slice/containerd.service"))
    found.guest("containerd");
  if (contains(environment, "container=podman") || exists("/run/.containerenv"))
    found.guest("podman");
  if (environment.starts_with("container=")
      || contains(environment, std::string_view{"\0container=", 11}))
    found.guest("container");
  if (exists("/proc/vz"))
    exists("/proc/lve") ? found.host("openvz") : found.guest("openvz");
  if (auto manager = read_proc_line("/run/systemd/container"); !manager.empty())
    found.guest(manager);
  if (exists("/.dockerenv") || exists("/.dockerinit"))
    found.guest("docker");
  if (!found.out.guest_technologies.empty() || contains(groups, "/kubepods"))
    found.guest("container");
}

void find_by_firmware(finding& found) {
  auto folder = std::string{"/sys/class/dmi/id/"};
  auto product = read_proc_line(folder + "product_name");
  auto vendor = read_proc_line(folder + "sys_vendor");
  auto bios = read_proc_line(folder + "bios_vendor");
  auto family = read_proc_line(folder + "product_family");
  if (product == "KVM" || product == "KVM Server" || product == "Bochs"
      || product == "AHV" || contains(product, "QEMU") || vendor == "QEMU"
      || vendor == "Amazon EC2" || product == "Google Compute Engine"
      || vendor == "DigitalOcean" || product == "OpenStack Nova"
      || vendor == "Hetzner")
    found.guest("kvm");
  if (family == "RHV")
    found.guest("RHEV");
  if (bios == "Xen")
    found.guest("xen");
  if (bios == "innotek GmbH" || product == "VirtualBox")
    found.guest("virtualbox");
  if (contains(product, "VMware") || vendor == "VMware, Inc.")
    found.guest("VMware");
  if (vendor == "Microsoft Corporation" && product == "Virtual Machine")
    found.guest("VirtualPC");
  if (vendor == "Parallels Software International Inc.")
    found.guest("parallels");
}

void find_by_kernel(finding& found) {
  if (exists("/proc/xen") || exists("/sys/hypervisor/type")) {
    auto type = read_proc_line("/sys/hypervisor/type");
    if (exists("/proc/xen") || type == "xen") {
      auto abilities = read_proc_file("/proc/xen/capabilities");
      contains(abilities, "control_d") ? found.host("xen") : found.guest("xen");
    }
  }
  auto processors = read_proc_file("/proc/cpuinfo");
  if (contains(processors, "QEMU Virtual CPU")
      || contains(processors, "Common KVM processor"))
    found.guest("kvm");
  if (contains(processors, "User Mode Linux"))
    found.guest("uml");
  if (contains(processors, "PowerVM Lx86"))
    found.guest("powervm_lx86");
  auto clock = read_proc_line(
    "/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (clock == "kvm-clock")
    found.guest("kvm");
  if (exists("/dev/kvm") && contains(read_proc_file("/proc/modules"), "kvm"))
    found.host("kvm");
  if (contains(read_proc_file("/proc/modules"), "vboxdrv"))
    found.host("virtualbox");
}

} // namespace

result<virtualization_facts> probe_virtualization() {
  finding found;
  find_containers(found);
  find_by_kernel(found);
  find_by_firmware(found);
  return std::move(found.out);
}

} // namespace troupe
