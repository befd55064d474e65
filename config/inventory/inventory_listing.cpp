#include "config/inventory/inventory_listing.hpp"

#include "config/language/language.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

/// Variables that say where a host is and not how it is.
constexpr std::array<std::string_view, 5> hidden{
  "inventory_hostname", "inventory_hostname_short", "inventory_file",
  "inventory_dir", "group_names"};

void merge(dict& into, const dict& from) {
  for (auto& [key, x] : from)
    into.set(value{key}, x);
}

/// What is written with the host or group itself.
bool is_own(const variable_layer& layer, bool of_playbook) {
  using level = variable_level;
  return layer.level == level::inventory_host
         || layer.level == level::beside_inventory_host
         || (of_playbook && layer.level == level::beside_playbook_host);
}

std::string graph_line(std::string_view name, size_t depth) {
  std::string out;
  for (size_t i = 0; i < depth; ++i)
    out += "  |";
  return fmt::format("{}{}{}\n", out, depth > 0 ? "--" : "", name);
}

void add_variables(const dict& vars, size_t depth, std::string& to) {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (auto& [key, x] : vars)
    sorted.emplace_back(to_display(key), to_display(x));
  std::sort(sorted.begin(), sorted.end());
  for (auto& [key, x] : sorted)
    to += graph_line(fmt::format("{{{} = {}}}", key, x), depth);
}

} // namespace

result<dict> inventory_listing::host_vars(const std::string& name) {
  auto layers = of_.layers(name, how_.playbook_folder);
  if (!layers)
    return layers.why();
  dict out;
  for (auto& each : *layers)
    if (!how_.as_written || is_own(each, true))
      merge(out, each.vars.as_dict());
  for (auto& each : hidden)
    out.erase(each);
  if (!how_.as_written)
    merge(out, how_.extra_vars);
  return out;
}

result<dict> inventory_listing::group_vars(size_t group) {
  auto layers = of_.group_layers(group, how_.playbook_folder);
  if (!layers)
    return layers.why();
  dict out;
  for (auto& each : *layers)
    merge(out, each.vars.as_dict());
  if (auto priority = of_.data().groups()[group].priority; priority != 1)
    out.set("ansible_group_priority", priority);
  return out;
}

result<void> inventory_listing::add_json(size_t group, dict& to,
                                         std::vector<bool>& seen) {
  auto& of = of_.data().groups()[group];
  dict out;
  list hosts;
  if (group != data::all)
    for (auto each : of.hosts)
      hosts.push_back(of_.data().hosts()[each].name);
  list children;
  for (auto each : of.children) {
    children.push_back(of_.data().groups()[each].name);
    if (seen[each])
      continue;
    seen[each] = true;
    if (auto done = add_json(each, to, seen); !done)
      return done;
  }
  if (!hosts.empty())
    out.set("hosts", std::move(hosts));
  if (!children.empty())
    out.set("children", std::move(children));
  if (how_.as_written) {
    auto vars = group_vars(group);
    if (!vars)
      return vars.why();
    if (!vars->empty())
      out.set("vars", std::move(*vars));
  }
  if (!out.empty())
    to.set(of.name, std::move(out));
  return {};
}

result<value> inventory_listing::as_json() {
  dict out;
  dict all_vars;
  for (auto each : of_.data().hosts_of(data::all)) {
    auto& name = of_.data().hosts()[each].name;
    auto vars = host_vars(name);
    if (!vars)
      return vars.why();
    if (!vars->empty())
      all_vars.set(name, std::move(*vars));
  }
  std::vector<bool> seen(of_.data().groups().size());
  if (auto done = add_json(data::all, out, seen); !done)
    return done.why();
  out.set("_meta", dict{{"hostvars", std::move(all_vars)}});
  return value{std::move(out)};
}

/// Groups that are below one another in many ways would be shown for ever.
result<void> inventory_listing::count(size_t more) {
  shown_ += more;
  if (shown_ <= most_shown)
    return {};
  return error{errc::exhausted,
               fmt::format("more than {} groups and hosts would be shown, as "
                           "groups are in several others",
                           most_shown)};
}

result<dict> inventory_listing::yaml_group(size_t group,
                                           std::vector<bool>& seen) {
  auto& of = of_.data().groups()[group];
  if (auto fits = count(1 + of.hosts.size()); !fits)
    return fits.why();
  dict out;
  dict children;
  for (auto each : of.children) {
    auto below = yaml_group(each, seen);
    if (!below)
      return below;
    children.set(of_.data().groups()[each].name, std::move(*below));
  }
  dict hosts;
  if (group != data::all)
    for (auto each : of.hosts) {
      auto& name = of_.data().hosts()[each].name;
      auto vars = seen[each] ? result<dict>{dict{}} : host_vars(name);
      if (!vars)
        return vars;
      seen[each] = true;
      hosts.set(name, std::move(*vars));
    }
  if (!children.empty())
    out.set("children", std::move(children));
  if (!hosts.empty())
    out.set("hosts", std::move(hosts));
  if (how_.as_written) {
    auto vars = group_vars(group);
    if (!vars)
      return vars;
    if (!vars->empty())
      out.set("vars", std::move(*vars));
  }
  return out;
}

result<value> inventory_listing::as_yaml() {
  std::vector<bool> hosts(of_.data().hosts().size());
  auto all = yaml_group(data::all, hosts);
  if (!all)
    return all.why();
  return value{dict{{"all", std::move(*all)}}};
}

result<void> inventory_listing::add_graph(size_t group, size_t depth,
                                          bool variables, std::string& to) {
  auto& of = of_.data().groups()[group];
  if (auto fits = count(1 + of.hosts.size()); !fits)
    return fits;
  to += graph_line(fmt::format("@{}:", of.name), depth);
  for (auto each : of.children)
    if (auto done = add_graph(each, depth + 1, variables, to); !done)
      return done;
  if (group != data::all)
    for (auto each : of.hosts) {
      auto& name = of_.data().hosts()[each].name;
      to += graph_line(name, depth + 1);
      if (!variables)
        continue;
      auto vars = host_vars(name);
      if (!vars)
        return vars.why();
      add_variables(*vars, depth + 2, to);
    }
  if (!variables)
    return {};
  auto vars = group_vars(group);
  if (!vars)
    return vars.why();
  add_variables(*vars, depth + 1, to);
  return {};
}

result<std::string> inventory_listing::as_graph(std::string_view group,
                                                bool variables) {
  auto number = of_.data().find_group(group);
  if (!number) {
    std::vector<std::string> names;
    for (auto& each : of_.data().groups())
      names.push_back(each.name);
    return error{errc::invalid_argument, unknown_name("group", group, names)};
  }
  std::string out;
  if (auto done = add_graph(*number, 0, variables, out); !done)
    return done.why();
  return out;
}

} // namespace troupe
