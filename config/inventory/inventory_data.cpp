#include "config/inventory/inventory_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace troupe {

namespace {

constexpr std::string_view priority_name = "ansible_group_priority";

std::string folder_of(const std::string& file) {
  auto slash = file.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

void add_once(std::vector<size_t>& to, size_t x) {
  if (std::find(to.begin(), to.end(), x) == to.end())
    to.push_back(x);
}

std::optional<int64_t> whole_number(const value& x) {
  if (!x.is_text())
    return x.is_bool() ? std::optional<int64_t>{x.as_bool()} : x.to_int();
  auto& text = x.as_string();
  int64_t out = 0;
  auto [end, wrong]
    = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

std::optional<size_t>
number_of(const std::map<std::string, size_t, std::less<>>& in,
          std::string_view name) {
  auto at = in.find(name);
  return at == in.end() ? std::nullopt : std::optional{at->second};
}

} // namespace

bool is_local_name(std::string_view name) {
  return name == "localhost" || name == "127.0.0.1" || name == "::1";
}

inventory_data::inventory_data() {
  groups_.push_back({.name = "all"});
  groups_.push_back({.name = "ungrouped"});
  group_numbers_ = {{"all", all}, {"ungrouped", ungrouped}};
  groups_[all].children = {ungrouped};
  groups_[ungrouped].parents = {all};
}

void inventory_data::begin_source(std::optional<std::string> file,
                                  source_name shown) {
  source_file_ = std::move(file);
  shown_ = std::move(shown);
}

std::optional<size_t> inventory_data::find_group(std::string_view name) const {
  return number_of(group_numbers_, name);
}

std::optional<size_t> inventory_data::find_host(std::string_view name) const {
  return number_of(host_numbers_, name);
}

namespace {

/// With `_` for each sign that no name of a variable may have.
std::string without_signs(std::string_view name) {
  std::string out;
  for (auto c : name) {
    bool digit = c >= '0' && c <= '9';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
                  || static_cast<unsigned char>(c) >= 0x80;
    out += letter || (digit && !out.empty()) ? c : '_';
  }
  return out;
}

} // namespace

result<size_t> inventory_data::add_group(std::string_view asked) {
  auto safe = without_signs(asked);
  has_signs_ = has_signs_ || safe != asked;
  auto name = replaces_signs_ ? std::string_view{safe} : asked;
  if (auto known = find_group(name))
    return *known;
  if (name.empty())
    return error{errc::invalid_argument, "expected the name of a group"};
  if (groups_.size() >= most_groups)
    return error{errc::exhausted,
                 fmt::format("more than {} groups", most_groups)};
  group_numbers_.emplace(name, groups_.size());
  groups_.push_back({.name = std::string{name}});
  return groups_.size() - 1;
}

result<size_t> inventory_data::add_host(std::string_view name,
                                        std::optional<uint32_t> port) {
  if (auto known = find_host(name))
    return *known;
  if (name.empty())
    return error{errc::invalid_argument, "expected the name of a host"};
  if (hosts_.size() >= most_hosts)
    return error{errc::exhausted,
                 fmt::format("more than {} hosts", most_hosts)};
  auto number = hosts_.size();
  host_numbers_.emplace(name, number);
  member made{.name = std::string{name}};
  dict vars;
  vars.set("inventory_file", source_file_ ? value{*source_file_} : value{});
  vars.set("inventory_dir",
           source_file_ ? value{folder_of(*source_file_)} : value{});
  if (port)
    vars.set("ansible_port", int64_t{*port});
  made.vars.push_back({shown_, std::move(vars)});
  hosts_.push_back(std::move(made));
  if (!local_ && is_local_name(name))
    local_ = number;
  return number;
}

void inventory_data::put_into(size_t host, size_t group) {
  auto& in = hosts_[host].groups;
  // A host is in few groups, a group may have all hosts.
  if (std::find(in.begin(), in.end(), group) != in.end())
    return;
  in.push_back(group);
  groups_[group].hosts.push_back(host);
}

result<void> inventory_data::put_below(size_t parent, size_t child) {
  std::vector<size_t> above{parent};
  std::vector<bool> seen(groups_.size());
  seen[parent] = true;
  for (size_t i = 0; i < above.size(); ++i)
    for (auto each : groups_[above[i]].parents)
      if (!seen[each]) {
        seen[each] = true;
        above.push_back(each);
      }
  if (seen[child])
    return error{errc::invalid_argument,
                 parent == child
                   ? fmt::format("the group '{}' cannot be its own child",
                                 groups_[child].name)
                   : fmt::format("the group '{}' cannot be a child of '{}', "
                                 "which is below it",
                                 groups_[child].name, groups_[parent].name)};
  add_once(groups_[parent].children, child);
  add_once(groups_[child].parents, parent);
  return {};
}

void inventory_data::set_var(std::vector<source_vars>& in, const value& key,
                             value x) const {
  if (in.empty() || in.back().file != shown_)
    in.push_back({shown_, {}});
  in.back().vars.set(value{key}, std::move(x));
}

result<void> inventory_data::set_group_var(size_t group, const value& key,
                                           value x) {
  if (key.text_or("") != priority_name) {
    set_var(groups_[group].vars, key, std::move(x));
    return {};
  }
  auto number = whole_number(x);
  if (!number)
    return error{errc::type,
                 fmt::format("{}: expected a whole number", priority_name)};
  groups_[group].priority = *number;
  return {};
}

result<void> inventory_data::set_host_var(size_t host, const value& key,
                                          value x) {
  if (auto same = find_group(hosts_[host].name))
    return set_group_var(*same, key, std::move(x));
  set_var(hosts_[host].vars, key, std::move(x));
  return {};
}

result<void> inventory_data::settle() {
  for (size_t i = 1; i < groups_.size(); ++i)
    if (groups_[i].parents.empty())
      if (auto done = put_below(all, i); !done)
        return done;
  for (size_t i = 0; i < hosts_.size(); ++i) {
    auto& in = hosts_[i].groups;
    auto elsewhere = std::any_of(in.begin(), in.end(), [](size_t each) {
      return each != all && each != ungrouped;
    });
    if (!elsewhere) {
      put_into(i, ungrouped);
    } else if (std::erase(in, ungrouped) > 0) {
      std::erase(groups_[ungrouped].hosts, i);
    }
  }
  return measure();
}

/// Finds how deep the groups are: each after all that are above it.
result<void> inventory_data::measure() {
  std::vector<size_t> waits_for(groups_.size());
  for (size_t i = 0; i < groups_.size(); ++i)
    waits_for[i] = groups_[i].parents.size();
  std::vector<size_t> ready{all};
  groups_[all].depth = 0;
  for (auto& each : groups_)
    each.depth = 0;
  for (size_t i = 0; i < ready.size(); ++i) {
    auto& above = groups_[ready[i]];
    for (auto child : above.children) {
      auto& below = groups_[child];
      below.depth = std::max(below.depth, above.depth + 1);
      if (below.depth > most_levels)
        return error{errc::exhausted,
                     fmt::format("the group '{}' is below more than {} others",
                                 below.name, most_levels)};
      if (--waits_for[child] == 0)
        ready.push_back(child);
    }
  }
  return {};
}

std::vector<size_t> inventory_data::groups_of(size_t host) const {
  auto out = hosts_[host].groups;
  std::vector<bool> seen(groups_.size());
  for (auto each : out)
    seen[each] = true;
  for (size_t i = 0; i < out.size(); ++i)
    for (auto each : groups_[out[i]].parents)
      if (!seen[each]) {
        seen[each] = true;
        out.push_back(each);
      }
  auto order = [this](size_t i) {
    auto& x = groups_[i];
    return std::tie(x.depth, x.priority, x.name);
  };
  std::sort(out.begin(), out.end(),
            [&](size_t x, size_t y) { return order(x) < order(y); });
  return out;
}

std::vector<size_t> inventory_data::hosts_of(size_t group) const {
  // What is nearer comes first, as the children are listed.
  std::vector<size_t> below{group};
  std::vector<bool> seen(groups_.size());
  seen[group] = true;
  for (size_t i = 0; i < below.size(); ++i)
    for (auto each : groups_[below[i]].children)
      if (!seen[each]) {
        seen[each] = true;
        below.push_back(each);
      }
  std::vector<size_t> out;
  std::vector<bool> had(hosts_.size());
  for (auto each : below)
    for (auto member : groups_[each].hosts)
      if (!had[member]) {
        had[member] = true;
        out.push_back(member);
      }
  return out;
}

std::vector<std::string> inventory_data::twice() const {
  std::vector<std::string> out;
  for (auto& each : groups_)
    if (host_numbers_.contains(each.name))
      out.push_back(each.name);
  return out;
}

} // namespace troupe
