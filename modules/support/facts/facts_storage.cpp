#include "modules/support/commands/key_values.hpp"
#include "modules/support/facts/ansible_facts.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <utility>

namespace troupe {

namespace {

// Nobody has so many, and what a file says of itself is short.
constexpr size_t longest_file = size_t{64} << 10U;
constexpr size_t most_ports = 1024;

/// The first line of a file that begins so, without what goes before its
/// value; empty when there is none.
std::string line_of(const fact_collection& to, const std::string& path,
                    std::string_view begin, size_t cut) {
  auto text = to.ctx.machine.files().read(path, longest_file);
  if (!text)
    return {};
  for (auto& line : split_text(*text, '\n'))
    if (line.starts_with(begin))
      return trimmed_text(line.substr(cut));
  return {};
}

/// The table that a program of LVM prints, in gigabytes; none when it fails.
std::vector<std::vector<std::string>> lvm_table(const fact_collection& to,
                                                const std::string& program) {
  process_spec spec;
  spec.argv = {program, "--noheadings", "--nosuffix", "--units",
               "g",     "--separator",  ","};
  spec.environment = to.ctx.environment;
  spec.environment.emplace_back("LC_ALL", "C");
  spec.deadline = to.ctx.deadline;
  spec.stop = to.ctx.stop;
  spec.keep_head = size_t{16} << 20U;
  spec.keep_tail = 0;
  auto ended = to.ctx.machine.processes().run(spec);
  std::vector<std::vector<std::string>> out;
  if (!ended || ended->rc != 0 || ended->out.dropped > 0)
    return out;
  for (auto& line : split_text(ended->out.bytes, '\n')) {
    auto fields = split_text(trimmed_text(line), ',');
    // The shortest table has six columns.
    if (fields.size() >= 6)
      out.push_back(std::move(fields));
  }
  return out;
}

value text_of_host(std::string text) {
  return value::from_host(std::move(text));
}

dict volume_groups(const std::vector<std::vector<std::string>>& table) {
  dict out;
  for (auto& row : table)
    out.set(row[0], dict{{"size_g", text_of_host(row[row.size() - 2])},
                         {"free_g", text_of_host(row.back())},
                         {"num_lvs", text_of_host(row[2])},
                         {"num_pvs", text_of_host(row[1])}});
  return out;
}

dict logical_volumes(const std::vector<std::vector<std::string>>& table) {
  dict out;
  for (auto& row : table)
    out.set(row[0], dict{{"size_g", text_of_host(row[3])},
                         {"vg", text_of_host(row[1])}});
  return out;
}

/// A device of the mapper under the name that it was given.
std::string mapper_name(const fact_collection& to, const std::string& device) {
  constexpr std::string_view numbered = "/dev/dm-";
  if (!device.starts_with(numbered))
    return device;
  auto name = to.ctx.machine.files().read(
    fmt::format("/sys/block/{}/dm/name", base_name(device)), longest_file);
  return name ? "/dev/mapper/" + trimmed_text(*name) : device;
}

dict physical_volumes(const fact_collection& to,
                      const std::vector<std::vector<std::string>>& table) {
  dict out;
  for (auto& row : table)
    out.set(mapper_name(to, row[0]), dict{{"size_g", text_of_host(row[4])},
                                          {"free_g", text_of_host(row[5])},
                                          {"vg", text_of_host(row[1])}});
  return out;
}

} // namespace

void collect_fibre_channel(fact_collection& to) {
  list names;
  auto& files = to.ctx.machine.files();
  for (auto& path : files.glob("/sys/class/fc_host/*/port_name")) {
    auto text = files.read(path, longest_file);
    auto name = text ? trimmed_text(*text) : std::string{};
    // Without its "0x".
    if (name.size() > 2 && names.size() < most_ports)
      names.push_back(text_of_host(name.substr(2)));
  }
  to.facts.set("fibre_channel_wwn", std::move(names));
}

void collect_iscsi(fact_collection& to) {
  constexpr std::string_view key = "InitiatorName=";
  to.set_text("iscsi_iqn",
              line_of(to, "/etc/iscsi/initiatorname.iscsi", key, key.size()));
}

void collect_nvme(fact_collection& to) {
  to.set_text("hostnqn", line_of(to, "/etc/nvme/hostnqn", "nqn.", 0));
}

void collect_lvm(fact_collection& to) {
  to.facts.set("lvm", "N/A");
  auto process = to.probe().process();
  auto& programs = to.ctx.machine.processes();
  auto folders = std::vector<std::string>{"/usr/sbin", "/sbin"};
  auto groups = programs.find_program("vgs", folders);
  if (!process || process->uid != 0 || groups.empty())
    return;
  dict out;
  auto volumes = programs.find_program("lvs", folders);
  out.set("lvs",
          volumes.empty() ? dict{} : logical_volumes(lvm_table(to, volumes)));
  out.set("vgs", volume_groups(lvm_table(to, groups)));
  auto parts = programs.find_program("pvs", folders);
  out.set("pvs",
          parts.empty() ? dict{} : physical_volumes(to, lvm_table(to, parts)));
  to.facts.set("lvm", std::move(out));
}

} // namespace troupe
