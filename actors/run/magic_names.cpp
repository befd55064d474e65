#include "actors/run/magic_names.hpp"

#include "actors/run/task_scope.hpp"
#include "config/playbook/compatible_version.hpp"

#include <set>

namespace troupe {

namespace {

list texts_in(const std::vector<std::string>& from) {
  list out;
  for (auto& each : from)
    out.push_back(each);
  return out;
}

/// The groups that a host is in, as Ansible tells it: without the one that all
/// are in, sorted, and never none.
std::vector<std::string> groups_of(const plan& p) {
  std::set<std::string> out{p.groups.begin(), p.groups.end()};
  out.erase("all");
  if (out.empty())
    out.insert(no_group);
  return {out.begin(), out.end()};
}

} // namespace

dict magic_names(const plan& p, const std::string& folder,
                 const settings& options, const condition_context& conditions,
                 int verbosity) {
  auto short_name = p.host.substr(0, p.host.find('.'));
  dict groups{{"all", list{p.host}}, {no_group, list{}}};
  for (auto& each : groups_of(p))
    groups.set(each, list{p.host});
  if (!p.all_groups.empty())
    groups = p.all_groups;
  return dict{
    {"inventory_hostname", p.host},
    {"inventory_hostname_short", short_name},
    {"group_names", texts_in(groups_of(p))},
    {"groups", std::move(groups)},
    {"playbook_dir", folder},
    {"omit", omit_marker()},
    {"ansible_check_mode", options.check_mode},
    {"ansible_diff_mode", options.diff_mode},
    {"ansible_verbosity", static_cast<int64_t>(verbosity)},
    // Where hosts are conducted it is what was asked for.
    {"ansible_forks", 5},
    {"ansible_connection", "local"},
    // Nothing here is run by it; inventories tell hosts to use it.
    {"ansible_playbook_python", "/usr/bin/python3"},
    {"ansible_play_hosts", list{p.host}},
    {"ansible_play_batch", list{p.host}},
    {"ansible_run_tags",
     texts_in(conditions.tags.empty() ? std::vector<std::string>{"all"}
                                      : conditions.tags)},
    {"ansible_skip_tags", texts_in(conditions.skip_tags)},
    {"ansible_version", compatible_version_table()},
  };
}

} // namespace troupe
