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
     .services = {"ssh", "cron"}},
    {.name = "ubuntu",
     .os_release = {{"ID", "ubuntu"},
                    {"ID_LIKE", "debian"},
                    {"NAME", "Ubuntu"},
                    {"VERSION_ID", "22.04"},
                    {"VERSION_CODENAME", "jammy"}},
     .version_files = {{"/etc/debian_version", "bookworm/sid"}},
     .kernel = "5.15.0-simulated",
     .init = "systemd",
     .services = {"ssh", "cron"}},
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
