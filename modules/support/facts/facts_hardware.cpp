#include "modules/support/facts/ansible_facts.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace troupe {

namespace {

constexpr uint64_t mebibyte = 1 << 20;

std::string human_size(uint64_t bytes) {
  constexpr std::array<std::pair<unsigned, const char*>, 6> units{
    {{60, "EB"}, {50, "PB"}, {40, "TB"}, {30, "GB"}, {20, "MB"}, {10, "KB"}}};
  for (auto& [shift, name] : units)
    if (bytes >= uint64_t{1} << shift)
      return fmt::format("{:.2f} {}",
                         static_cast<double>(bytes)
                           / static_cast<double>(uint64_t{1} << shift),
                         name);
  return fmt::format("{:.2f} Bytes", static_cast<double>(bytes));
}

value text_or_null(const std::string& text) {
  return text.empty() ? value{} : value::from_host(text);
}

list texts(const std::vector<std::string>& from) {
  list out;
  for (auto& text : from)
    out.push_back(value::from_host(text));
  return out;
}

dict partition_entry(const partition_facts& one) {
  list uuids;
  list labels;
  if (!one.uuid.empty())
    uuids.push_back(value::from_host(one.uuid));
  if (!one.label.empty())
    labels.push_back(value::from_host(one.label));
  return dict{{"links", dict{{"ids", list{}},
                             {"uuids", std::move(uuids)},
                             {"labels", std::move(labels)},
                             {"masters", list{}}}},
              {"start", std::to_string(one.start)},
              {"sectors", std::to_string(one.sectors)},
              {"sectorsize", std::to_string(one.sector_size)},
              {"size", human_size(one.size)},
              {"uuid", text_or_null(one.uuid)},
              {"holders", texts(one.holders)}};
}

dict device_entry(const block_device& one) {
  dict partitions;
  for (auto& part : one.partitions)
    partitions.set(part.name, partition_entry(part));
  dict out{{"virtual", one.is_virtual ? 1 : 0},
           {"links", dict{{"ids", texts(one.ids)},
                          {"uuids", texts(one.uuids)},
                          {"labels", texts(one.labels)},
                          {"masters", texts(one.masters)}}},
           {"vendor", text_or_null(one.vendor)},
           {"model", text_or_null(one.model)},
           {"sas_address", value{}},
           {"sas_device_handle", value{}}};
  if (!one.serial.empty())
    out.set("serial", value::from_host(one.serial));
  if (!one.wwn.empty())
    out.set("wwn", value::from_host(one.wwn));
  out.set("removable", one.removable ? "1" : "0");
  out.set("support_discard", value::from_host(one.discard_granularity));
  out.set("partitions", std::move(partitions));
  out.set("rotational", one.rotational ? "1" : "0");
  out.set("scheduler_mode", value::from_host(one.scheduler));
  out.set("sectors", std::to_string(one.sectors));
  out.set("sectorsize", std::to_string(one.sector_size));
  out.set("size", human_size(one.size));
  out.set("host", "");
  out.set("holders", texts(one.holders));
  return out;
}

void add_link(dict& to, const std::string& name, value x) {
  if (auto* there = to.find(std::string_view{name}))
    there->as_list().push_back(std::move(x));
  else
    to.set(name, list{std::move(x)});
}

// What the numbers of the firmware's chassis type mean.
constexpr std::array<const char*, 37> form_factors{"NA",
                                                   "Other",
                                                   "Unknown",
                                                   "Desktop",
                                                   "Low Profile Desktop",
                                                   "Pizza Box",
                                                   "Mini Tower",
                                                   "Tower",
                                                   "Portable",
                                                   "Laptop",
                                                   "Notebook",
                                                   "Hand Held",
                                                   "Docking Station",
                                                   "All In One",
                                                   "Sub Notebook",
                                                   "Space-saving",
                                                   "Lunch Box",
                                                   "Main Server Chassis",
                                                   "Expansion Chassis",
                                                   "Sub Chassis",
                                                   "Bus Expansion Chassis",
                                                   "Peripheral Chassis",
                                                   "RAID Chassis",
                                                   "Rack Mount Chassis",
                                                   "Sealed-case PC",
                                                   "Multi-system",
                                                   "CompactPCI",
                                                   "AdvancedTCA",
                                                   "Blade",
                                                   "Blade Enclosure",
                                                   "Tablet",
                                                   "Convertible",
                                                   "Detachable",
                                                   "IoT Gateway",
                                                   "Embedded PC",
                                                   "Mini PC",
                                                   "Stick PC"};

} // namespace

void collect_processor(fact_collection& to) {
  auto cpu = to.probe().processor();
  if (!cpu)
    return to.warn("processor", cpu.why());
  to.facts.set("processor", texts(cpu->descriptions));
  to.facts.set("processor_count", int64_t{cpu->sockets});
  to.facts.set("processor_cores", int64_t{cpu->cores_per_socket});
  to.facts.set("processor_threads_per_core", int64_t{cpu->threads_per_core});
  to.facts.set("processor_vcpus", int64_t{cpu->virtual_processors});
  to.facts.set("processor_nproc", int64_t{cpu->usable});
}

void collect_memory(fact_collection& to) {
  auto memory = to.probe().memory();
  if (!memory)
    return to.warn("memory", memory.why());
  auto mb = [](uint64_t bytes) {
    return value{static_cast<int64_t>(bytes / mebibyte)};
  };
  auto& m = *memory;
  to.facts.set("memtotal_mb", mb(m.total));
  to.facts.set("memfree_mb", mb(m.free));
  to.facts.set("swaptotal_mb", mb(m.swap_total));
  to.facts.set("swapfree_mb", mb(m.swap_free));
  auto idle = m.free + m.buffers + m.cached;
  to.facts.set(
    "memory_mb",
    dict{{"real", dict{{"total", mb(m.total)},
                       {"used", mb(m.total - m.free)},
                       {"free", mb(m.free)}}},
         {"nocache", dict{{"free", mb(idle)},
                          {"used", mb(m.total > idle ? m.total - idle : 0)}}},
         {"swap", dict{{"total", mb(m.swap_total)},
                       {"free", mb(m.swap_free)},
                       {"used", mb(m.swap_total - m.swap_free)},
                       {"cached", mb(m.swap_cached)}}}});
}

namespace {

dict mount_entry(const mount_facts& one) {
  dict out{{"mount", value::from_host(one.path)},
           {"device", value::from_host(one.device)},
           {"fstype", value::from_host(one.type)},
           {"options", value::from_host(one.options)}};
  if (one.note.empty())
    for (auto& [name, size] :
         {std::pair{"size_total", one.size_total},
          {"size_available", one.size_available},
          {"block_size", one.block_size},
          {"block_total", one.blocks_total},
          {"block_available", one.blocks_available},
          {"block_used", one.blocks_total - one.blocks_available},
          {"inode_total", one.inodes_total},
          {"inode_available", one.inodes_available},
          {"inode_used", one.inodes_total - one.inodes_available}})
      out.set(name, size);
  else
    out.set("note", one.note);
  out.set("uuid", value::from_host(one.uuid));
  return out;
}

} // namespace

void collect_mounts(fact_collection& to) {
  auto mounts = to.probe().mounts();
  if (!mounts)
    return to.warn("mount", mounts.why());
  list out;
  for (auto& one : *mounts)
    out.push_back(mount_entry(one));
  to.facts.set("mounts", std::move(out));
}

void collect_devices(fact_collection& to) {
  auto devices = to.probe().devices();
  if (!devices)
    return to.warn("device", devices.why());
  dict out;
  dict ids;
  dict uuids;
  dict labels;
  dict masters;
  for (auto& one : *devices) {
    out.set(one.name, device_entry(one));
    for (auto& id : one.ids)
      add_link(ids, one.name, value::from_host(id));
    for (auto& uuid : one.uuids)
      add_link(uuids, one.name, value::from_host(uuid));
    for (auto& label : one.labels)
      add_link(labels, one.name, value::from_host(label));
    for (auto& below : one.masters)
      add_link(masters, below, value::from_host(one.name));
    for (auto& part : one.partitions) {
      if (!part.uuid.empty())
        add_link(uuids, part.name, value::from_host(part.uuid));
      if (!part.label.empty())
        add_link(labels, part.name, value::from_host(part.label));
    }
  }
  to.facts.set("devices", std::move(out));
  to.facts.set("device_links", dict{{"ids", std::move(ids)},
                                    {"uuids", std::move(uuids)},
                                    {"labels", std::move(labels)},
                                    {"masters", std::move(masters)}});
}

void collect_firmware(fact_collection& to) {
  auto firmware = to.probe().firmware();
  if (!firmware)
    return to.warn("firmware", firmware.why());
  for (auto name :
       {"bios_date", "bios_vendor", "bios_version", "board_asset_tag",
        "board_name", "board_serial", "board_vendor", "board_version",
        "chassis_asset_tag", "chassis_serial", "chassis_vendor",
        "chassis_version", "product_name", "product_serial", "product_uuid",
        "product_version", "sys_vendor"}) {
    auto at = firmware->find(name);
    auto fact = std::string_view{name} == "sys_vendor" ? "system_vendor" : name;
    to.set_text(fact, at == firmware->end() ? "NA" : at->second);
  }
  auto type = firmware->find("chassis_type");
  auto number = type == firmware->end()
                  ? 0UL
                  : std::strtoul(type->second.c_str(), nullptr, 10);
  to.facts.set("form_factor",
               number < form_factors.size() ? form_factors[number] : "NA");
}

void collect_virtualization(fact_collection& to) {
  auto found = to.probe().virtualization();
  if (!found)
    return to.warn("virtualization", found.why());
  to.set_text("virtualization_type", found->type.empty() ? "NA" : found->type);
  to.set_text("virtualization_role", found->role.empty() ? "NA" : found->role);
  to.facts.set("virtualization_tech_guest", texts(found->guest_technologies));
  to.facts.set("virtualization_tech_host", texts(found->host_technologies));
}

} // namespace troupe
