#include "platform/simulated/machine_family.hpp"

#include <algorithm>

namespace troupe {

std::span<const machine_family> machine_families() {
  static const std::vector<machine_family> all{
    {.name = "debian",
     .os_release = {{"ID", "debian"},
                    {"NAME", "Debian GNU/Linux"},
                    {"VERSION_ID", "12"},
                    {"VERSION_CODENAME", "bookworm"}},
     .version_files = {{"/etc/debian_version", "12.5"}},
     .kernel = "6.1.0-simulated",
     .init = "systemd",
     .package_manager = "apt",
     .services = {"ssh", "cron"},
     .folders = {"/etc/apt", "/run/systemd/system"}},
    {.name = "ubuntu",
     .os_release = {{"ID", "ubuntu"},
                    {"ID_LIKE", "debian"},
                    {"NAME", "Ubuntu"},
                    {"VERSION_ID", "22.04"},
                    {"VERSION_CODENAME", "jammy"}},
     .version_files = {{"/etc/debian_version", "bookworm/sid"}},
     .kernel = "5.15.0-simulated",
     .init = "systemd",
     .package_manager = "apt",
     .services = {"ssh", "cron"},
     .folders = {"/etc/apt", "/run/systemd/system"}},
    {.name = "alma",
     .os_release = {{"ID", "almalinux"},
                    {"ID_LIKE", "rhel centos fedora"},
                    {"NAME", "AlmaLinux"},
                    {"VERSION_ID", "9.3"}},
     .version_files
     = {{"/etc/redhat-release", "AlmaLinux release 9.3 (Shamrock Pampas Cat)"}},
     .kernel = "5.14.0-simulated",
     .init = "systemd",
     .package_manager = "dnf",
     .services = {"sshd", "crond", "firewalld"},
     .folders = {"/etc/yum.repos.d", "/etc/sysconfig", "/run/systemd/system"}},
    {.name = "alpine",
     .os_release
     = {{"ID", "alpine"}, {"NAME", "Alpine Linux"}, {"VERSION_ID", "3.18.4"}},
     .version_files = {{"/etc/alpine-release", "3.18.4"}},
     .kernel = "6.1.0-simulated",
     .init = "openrc",
     .package_manager = "apk",
     .services = {"sshd", "crond"},
     .folders = {"/etc/apk", "/etc/init.d"},
     .files = {"/sbin/apk", "/sbin/openrc"}},
  };
  return all;
}

const machine_family& family_named(std::string_view name) {
  auto all = machine_families();
  auto at = std::find_if(all.begin(), all.end(),
                         [&](auto& each) { return each.name == name; });
  return at == all.end() ? all.front() : *at;
}

} // namespace troupe
