#include "config/playbook/inventory_hosts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

result<std::vector<std::string>>
inventory_hosts::chosen(const std::vector<std::string>& patterns) {
  // An inventory takes it for all that there are.
  if (patterns.empty())
    return std::vector<std::string>{};
  auto got = from_.hosts(patterns, limit_);
  if (!got)
    return got.why();
  return std::move(got->names);
}

std::vector<std::string>
inventory_hosts::unmatched(const std::vector<std::string>& patterns) {
  if (patterns.empty())
    return {};
  auto got = from_.hosts(patterns);
  return got ? std::move(got->unmatched) : std::vector<std::string>{};
}

std::vector<std::string> inventory_hosts::take_warnings() {
  auto out = from_.take_warnings();
  auto more = std::exchange(strange_, {});
  std::move(more.begin(), more.end(), std::back_inserter(out));
  return out;
}

result<std::vector<dict>>
inventory_hosts::names_of(const std::string& host,
                          const std::string& playbook_folder) {
  auto got = from_.layers(host, playbook_folder);
  if (!got)
    return got.why();
  std::vector<dict> out;
  for (auto& each : *got)
    if (each.vars.is_dict())
      out.push_back(each.vars.as_dict());
  return out;
}

dict inventory_hosts::groups() {
  return from_.groups();
}

result<void> inventory_hosts::add_host(const std::string& name,
                                       const dict& vars) {
  auto& data = from_.data();
  auto number = data.add_host(name);
  if (!number)
    return number.why();
  for (auto& [key, x] : vars)
    if (auto set = data.set_host_var(*number, key, x); !set)
      return set.why();
  added_.emplace_back(name, vars);
  return data.settle();
}

result<void> inventory_hosts::put(const std::string& group,
                                  const std::string& host) {
  auto& data = from_.data();
  auto in = data.add_group(group);
  auto who = data.add_host(host);
  if (!in || !who)
    return in ? who.why() : in.why();
  auto members = data.hosts_of(*in);
  if (std::find(members.begin(), members.end(), *who) != members.end())
    return {};
  data.put_into(*who, *in);
  return data.settle();
}

result<void> inventory_hosts::join(const std::string& group,
                                   const std::string& host) {
  joined_.emplace_back(group, host);
  return put(group, host);
}

result<void> inventory_hosts::refresh() {
  if (!again_)
    return {};
  auto got = again_();
  if (!got)
    return got.why();
  from_ = std::move(*got);
  for (auto& [name, vars] : std::exchange(added_, {}))
    if (auto done = add_host(name, vars); !done)
      return done;
  for (auto& [group, host] : joined_) {
    // One that the sources do not name any more is gone from there as well.
    if (!from_.data().find_host(host))
      continue;
    if (auto done = put(group, host); !done)
      return done;
  }
  return {};
}

} // namespace troupe
