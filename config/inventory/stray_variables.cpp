#include "config/inventory/stray_variables.hpp"

#include "config/inventory/inventory.hpp"
#include "config/inventory/vars_file.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

using name_set = std::set<std::string, std::less<>>;

/// What is in a folder of `group_vars` or `host_vars` and belongs to none of
/// `known`.
void add_strays(host& machine, const std::string& folder, bool of_groups,
                const name_set& known, std::vector<stray_variables>& to) {
  auto entries = machine.files().list(folder);
  if (!entries)
    return;
  name_set taken;
  std::vector<stray_variables> found;
  for (auto& entry : *entries) {
    auto name = vars_owner(entry);
    if (name.empty())
      continue;
    if (known.contains(name))
      taken.emplace(name);
    else
      found.push_back({fmt::format("{}/{}", folder, entry),
                       std::string{name},
                       of_groups,
                       {}});
  }
  std::vector<std::string> without;
  std::set_difference(known.begin(), known.end(), taken.begin(), taken.end(),
                      std::back_inserter(without));
  for (auto& each : found) {
    each.without = without;
    to.push_back(std::move(each));
  }
}

} // namespace

std::vector<stray_variables>
inventory::stray_files(const std::set<std::string>& playbook_folders) const {
  auto folders = variable_folders();
  folders.insert(folders.end(), playbook_folders.begin(),
                 playbook_folders.end());
  std::set<std::string> beside;
  for (auto& each : folders)
    if (auto real = machine_->files().real_path(each))
      beside.insert(std::move(*real));
  name_set groups;
  for (auto& each : data_.groups())
    groups.insert(each.name);
  name_set hosts;
  for (auto& each : data_.hosts())
    hosts.insert(each.name);
  std::vector<stray_variables> out;
  for (auto& folder : beside) {
    add_strays(*machine_, folder + "/group_vars", true, groups, out);
    add_strays(*machine_, folder + "/host_vars", false, hosts, out);
  }
  return out;
}

} // namespace troupe
