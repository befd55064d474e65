#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

namespace troupe {

namespace {

using name_table = std::multimap<std::string, std::string>;

struct disk_tables {
  proc_folders folders = {};
  name_table ids = disk_names("/dev/disk/by-id", folders);
  name_table uuids = disk_names("/dev/disk/by-uuid", folders);
  name_table labels = disk_names("/dev/disk/by-label", folders);
};

uint64_t number_at(const std::string& path) {
  return std::strtoull(read_proc_line(path).c_str(), nullptr, 10);
}

std::vector<std::string> of_device(const name_table& table,
                                   const std::string& name) {
  std::vector<std::string> out;
  auto [from, to] = table.equal_range(name);
  for (auto at = from; at != to; ++at)
    out.push_back(at->second);
  std::sort(out.begin(), out.end());
  return out;
}

/// The name in brackets is the one in use: "none [mq-deadline]".
std::string scheduler_of(const std::string& folder) {
  auto text = read_proc_line(folder + "/queue/scheduler");
  auto begin = text.find('[');
  auto end = text.find(']');
  if (begin == std::string::npos || end == std::string::npos)
    return text;
  return text.substr(begin + 1, end - begin - 1);
}

/// The folder is a link whose text shows the way to the device.
bool on_real_bus(const std::string& folder) {
  char target[PATH_MAX];
  auto n = ::readlink(folder.c_str(), target, sizeof target);
  std::string path{target, n > 0 ? static_cast<size_t>(n) : 0};
  return path.find("/pci") != std::string::npos
         && path.find("/virtio") == std::string::npos;
}

partition_facts partition(const std::string& folder, const std::string& name,
                          unsigned sector_size, disk_tables& tables) {
  partition_facts out;
  out.name = name;
  out.start = number_at(folder + "/start");
  out.sectors = number_at(folder + "/size");
  out.sector_size = sector_size;
  out.size = out.sectors * 512;
  out.holders = tables.folders.names_in(folder + "/holders");
  auto uuids = of_device(tables.uuids, name);
  auto labels = of_device(tables.labels, name);
  out.uuid = uuids.empty() ? "" : uuids.front();
  out.label = labels.empty() ? "" : labels.front();
  return out;
}

block_device device(const std::string& name, disk_tables& tables) {
  auto folder = "/sys/block/" + name;
  block_device out;
  out.name = name;
  out.vendor = read_proc_line(folder + "/device/vendor");
  out.model = read_proc_line(folder + "/device/model");
  out.serial = read_proc_line(folder + "/device/serial");
  out.wwn = read_proc_line(folder + "/wwid");
  out.scheduler = scheduler_of(folder);
  out.removable = read_proc_line(folder + "/removable") == "1";
  out.rotational = read_proc_line(folder + "/queue/rotational") == "1";
  out.discard_granularity
    = read_proc_line(folder + "/queue/discard_granularity");
  out.is_virtual = !on_real_bus(folder);
  // The kernel counts sectors of 512 bytes whatever the device has.
  out.sectors = number_at(folder + "/size");
  if (auto size = number_at(folder + "/queue/logical_block_size"))
    out.sector_size = static_cast<unsigned>(size);
  out.size = out.sectors * 512;
  out.holders = tables.folders.names_in(folder + "/holders");
  out.masters = tables.folders.names_in(folder + "/slaves");
  out.ids = of_device(tables.ids, name);
  out.uuids = of_device(tables.uuids, name);
  out.labels = of_device(tables.labels, name);
  for (auto& below : tables.folders.names_in(folder))
    if (auto path = fmt::format("{}/{}", folder, below);
        below.starts_with(name)
        && ::access(fmt::format("{}/partition", path).c_str(), F_OK) == 0)
      out.partitions.push_back(partition(path, below, out.sector_size, tables));
  return out;
}

} // namespace

result<std::vector<block_device>> probe_devices() {
  std::vector<block_device> out;
  disk_tables tables;
  for (auto& name : tables.folders.names_in("/sys/block"))
    out.push_back(device(name, tables));
  auto& listed = tables.folders.outcome();
  return listed ? result<std::vector<block_device>>{std::move(out)}
                : listed.why();
}

} // namespace troupe
