#include "config/playbook/foreseen_hosts.hpp"

#include "config/playbook/role_files.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace troupe {

namespace {

/// Whether a task makes hosts or groups.
bool adds_hosts(const plan& p) {
  bool out = false;
  for (auto& each : p.plays)
    for (auto* nodes : {&each.body.body, &each.handlers})
      for_each_task(*nodes, [&](const task& t) {
        auto name = t.module.substr(t.module.rfind('.') + 1);
        out = out || name == "add_host" || name == "group_by";
      });
  return out;
}

/// Names of groups and hosts, for "did you mean".
std::vector<std::string> names_in(playbook_hosts& hosts) {
  std::vector<std::string> out;
  for (auto& [group, members] : hosts.groups())
    out.push_back(to_display(group));
  if (auto all = hosts.chosen({"all"}))
    out.insert(out.end(), all->begin(), all->end());
  return out;
}

} // namespace

std::set<std::string> playbook_folders(const plan& p) {
  std::set<std::string> out{folder_of(p.source)};
  for (auto& each : p.plays)
    if (!each.beside.empty())
      out.insert(each.beside);
  return out;
}

void check_files_of_hosts(const plan& p, const playbook_setting& with,
                          problems& out) {
  if (!with.many || !with.hosts)
    return;
  auto home = folder_of(p.source);
  std::map<std::string, std::set<std::string>> names;
  for (auto& each : p.plays)
    if (each.open_hosts.is_null())
      names[each.beside.empty() ? home : each.beside].insert(
        each.foreseen_hosts.begin(), each.foreseen_hosts.end());
  // What is wrong for the only host is told already.
  names[home].erase(p.host);
  for (auto& [folder, hosts] : names)
    for (auto& each :
         with.hosts->unreadable_files({hosts.begin(), hosts.end()}, folder))
      if (std::none_of(out.begin(), out.end(), [&](auto& told) {
            return told.message == each.message;
          }))
        out.push_back({{}, std::move(each.message)});
}

void warn_of_unmatched(plan& p, const playbook_setting& with) {
  if (!with.hosts || adds_hosts(p))
    return;
  std::set<std::string> told;
  for (auto& play : p.plays) {
    play.unmatched_hosts = with.hosts->unmatched(play.hosts);
    for (auto& each : play.unmatched_hosts)
      if (told.insert(each).second)
        p.warnings.push_back(
          fmt::format("{}: no host and no group matches '{}'{}",
                      to_string(play.hosts_place), each,
                      did_you_mean(each, names_in(*with.hosts))));
  }
}

} // namespace troupe
