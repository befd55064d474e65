#include "config/inventory/inventory.hpp"
#include "config/inventory/inventory_sources.hpp"
#include "config/inventory/vars_file.hpp"
#include "config/vault/vault.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

/// Whether a file is encrypted as a whole.
bool is_vault_file(host& machine, const std::string& path) {
  auto text = machine.files().read(path);
  return text && is_vault_text(*text);
}

/// Whether files of variables may be called so: none outside of their folder.
bool is_file_name(std::string_view name) {
  return !name.starts_with('/') && name != ".." && !name.starts_with("../")
         && name.find("/../") == name.npos && !name.ends_with("/..");
}

/// What is always known of a host.
dict known_of(std::string_view name, std::vector<std::string> groups) {
  std::sort(groups.begin(), groups.end());
  list group_names;
  for (auto& each : groups)
    group_names.push_back(std::move(each));
  return dict{{"inventory_hostname", name},
              {"inventory_hostname_short", name.substr(0, name.find('.'))},
              {"group_names", std::move(group_names)}};
}

} // namespace

std::vector<std::string> inventory::variable_folders() const {
  std::vector<std::string> out;
  for (auto& each : sources_) {
    if (is_host_list(*machine_, each))
      continue;
    auto there = machine_->files().status(each, true);
    auto is_folder = there && *there && (*there)->kind == file_kind::directory;
    auto slash = each.rfind('/');
    out.push_back(is_folder ? each
                            : each.substr(0, std::max<size_t>(slash, 1)));
  }
  return out;
}

/// Files of variables that lie in folders of one kind.
struct inventory::files_beside {
  variable_level in_sources;
  variable_level in_playbook;
  /// `group_vars`, or `host_vars`.
  bool of_groups;
  std::vector<std::string> names;
};

vars_reading reading_of(const inventory_options& from,
                        std::vector<std::string>& warnings) {
  return {from.secrets.get(), from.keep_encrypted,
          from.key_twice == "warn" ? &warnings : nullptr,
          from.key_twice == "error"};
}

/// The variables of `name` in a folder, which is read once.
result<const std::vector<variable_layer>*>
inventory::read_files(const std::string& folder, const std::string& name) {
  auto key = folder + "/" + name;
  auto known = read_.find(key);
  if (known != read_.end())
    return &known->second;
  auto paths = find_vars_files(*machine_, folder, name);
  if (!paths)
    return paths.why();
  layer_list read;
  for (auto& path : *paths) {
    auto vars
      = read_vars_file(*machine_, path, reading_of(options_, warnings_));
    bool no_key = !options_.secrets || options_.secrets->empty();
    if (!vars && options_.may_pass_over && no_key
        && is_vault_file(*machine_, path))
      continue;
    if (!vars)
      return vars.why();
    if (!vars->empty())
      read.push_back(
        {{}, {}, std::make_shared<std::string>(path), value{std::move(*vars)}});
  }
  return &read_.emplace(std::move(key), std::move(read)).first->second;
}

result<void> inventory::add_files(layer_list& to, variable_level level,
                                  const files_beside& what,
                                  const std::string& folder) {
  auto kind = folder + (what.of_groups ? "/group_vars" : "/host_vars");
  for (auto& name : what.names) {
    if (!is_file_name(name))
      continue;
    auto read = read_files(kind, name);
    if (!read)
      return read.why();
    for (auto& each : **read)
      to.push_back(
        {level, what.of_groups ? name : std::string{}, each.file, each.vars});
  }
  return {};
}

result<void> inventory::add_beside(layer_list& to, const files_beside& what,
                                   const std::string& playbook_folder) {
  for (auto& folder : variable_folders())
    if (auto done = add_files(to, what.in_sources, what, folder); !done)
      return done;
  if (playbook_folder.empty())
    return {};
  return add_files(to, what.in_playbook, what, playbook_folder);
}

std::vector<error>
inventory::unreadable_files(const std::vector<std::string>& hosts,
                            const std::string& playbook_folder) {
  constexpr size_t most = 20;
  std::set<std::string> groups{data_.groups()[inventory_data::all].name};
  for (auto& each : hosts)
    if (auto number = data_.find_host(each))
      for (auto group : data_.groups_of(*number))
        groups.insert(data_.groups()[group].name);
  auto folders = variable_folders();
  if (!playbook_folder.empty())
    folders.push_back(playbook_folder);
  std::vector<error> out;
  auto look = [&](const char* kind, const auto& names) {
    // Mostly there are none: one look instead of several for each host.
    std::vector<std::string> there;
    for (auto& each : folders)
      if (auto is = machine_->files().status(each + kind, true); !is || *is)
        there.push_back(each + kind);
    for (auto& name : names)
      for (auto& folder : there) {
        if (out.size() >= most || !is_file_name(name))
          break;
        if (auto read = read_files(folder, name); !read) {
          out.push_back(read.why());
          break;
        }
      }
  };
  look("/group_vars", groups);
  look("/host_vars", hosts);
  return out;
}

result<std::vector<variable_layer>>
inventory::group_layers(size_t number, const std::string& playbook_folder) {
  using level = variable_level;
  auto& group = data_.groups()[number];
  layer_list out;
  for (auto& each : group.vars)
    out.push_back(
      {level::inventory_groups, group.name, each.file, value{each.vars}});
  auto done = add_beside(out,
                         {level::beside_inventory_groups,
                          level::beside_playbook_groups,
                          true,
                          {group.name}},
                         playbook_folder);
  return done ? result<layer_list>{std::move(out)} : done.why();
}

result<std::vector<variable_layer>>
inventory::layers(std::string_view name, const std::string& playbook_folder) {
  using level = variable_level;
  layer_list out;
  auto add_set = [&](level at, const std::string& group,
                     const std::vector<inventory_data::source_vars>& vars) {
    for (auto& each : vars)
      out.push_back({at, group, each.file, value{each.vars}});
  };
  auto number = data_.find_host(name);
  auto within = number ? data_.groups_of(*number) : std::vector<size_t>{};
  std::erase(within, inventory_data::all);
  add_set(level::inventory_all, "all",
          data_.groups()[inventory_data::all].vars);
  std::vector<std::string> names;
  for (auto each : within) {
    names.push_back(data_.groups()[each].name);
    add_set(level::inventory_groups, names.back(), data_.groups()[each].vars);
  }
  for (auto& each : {files_beside{level::beside_inventory_all,
                                  level::beside_playbook_all,
                                  true,
                                  {"all"}},
                     files_beside{level::beside_inventory_groups,
                                  level::beside_playbook_groups, true, names}})
    if (auto done = add_beside(out, each, playbook_folder); !done)
      return done.why();
  if (number)
    add_set(level::inventory_host, "", data_.hosts()[*number].vars);
  else if (is_local_name(name))
    out.push_back({level::inventory_host, "", nullptr,
                   value{dict{{"ansible_connection", "local"},
                              {"ansible_python_interpreter",
                               "{{ ansible_playbook_python }}"}}}});
  out.push_back({level::inventory_host, "", nullptr,
                 value{known_of(name, std::move(names))}});
  auto done = add_beside(out,
                         {level::beside_inventory_host,
                          level::beside_playbook_host,
                          false,
                          {std::string{name}}},
                         playbook_folder);
  return done ? result<layer_list>{std::move(out)} : done.why();
}

} // namespace troupe
