#include "modules/support/arguments/inventory.hpp"

#include <algorithm>

namespace troupe {

namespace {

std::string key_of(std::string_view prefix, const std::string& name) {
  return std::string{prefix} + name;
}

} // namespace

std::string inventory_names::host() const {
  auto* name = find("inventory_hostname");
  return name ? std::string{name->text_or("localhost")} : "localhost";
}

bool inventory_names::join(const std::string& group, const std::string& host,
                           dict& out) const {
  auto key = key_of(group_prefix, group);
  auto* groups = find("groups");
  const value* known = groups ? groups->find(group) : nullptr;
  // What this task, or one before it, has added.
  const value* before = out.find(key);
  before = before ? before : find(key);
  before = before ? before : known;
  auto holds = [&](const value* in) {
    return in && in->is_list()
           && std::any_of(in->as_list().begin(), in->as_list().end(),
                          [&](auto& each) { return each.text_or("") == host; });
  };
  list members = before && before->is_list() ? before->as_list() : list{};
  auto there = holds(before) || holds(known);
  if (!holds(before))
    members.push_back(value::from_host(host));
  out.set(key, value{std::move(members)});
  return !there;
}

bool inventory_names::set_vars(const std::string& host, const dict& vars,
                               dict& out) const {
  auto* all = find("hostvars");
  auto* before = all ? all->find(host) : nullptr;
  bool own = host == this->host();
  auto* added = find(key_of(host_prefix, host));
  dict merged = !own && added && added->is_dict() ? added->as_dict() : dict{};
  bool changed = false;
  for (auto& [name, x] : vars) {
    auto* known = before ? before->find(name.as_string()) : nullptr;
    changed = changed || !known || !(*known == x);
    merged.set(name, x);
    if (own)
      out.set(name, x);
  }
  out.set(key_of(host_prefix, host), value{std::move(merged)});
  return changed;
}

} // namespace troupe
