#include "config/playbook/inventory_hosts.hpp"

namespace troupe {

result<std::vector<std::string>>
inventory_hosts::chosen(const std::vector<std::string>& patterns) {
  auto got = from_.hosts(patterns, limit_);
  if (!got)
    return got.why();
  return std::move(got->names);
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

} // namespace troupe
