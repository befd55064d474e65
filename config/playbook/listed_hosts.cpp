#include "config/inventory/inventory_data.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <algorithm>

namespace troupe {

result<std::vector<std::string>>
listed_hosts::chosen(const std::vector<std::string>& patterns) {
  std::vector<std::string> out;
  auto add = [&](const std::string& name) {
    if (std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(name);
  };
  for (auto& text : patterns)
    for (auto& each : parts_of(text, ',')) {
      bool listed
        = std::find(names_.begin(), names_.end(), each) != names_.end();
      if (each == "all" || each == "*")
        std::for_each(names_.begin(), names_.end(), add);
      else if (listed || is_local_name(each))
        add(each);
    }
  return out;
}

result<void> listed_hosts::add_host(const std::string& name, const dict&) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end())
    names_.push_back(name);
  return {};
}

result<void> listed_hosts::join(const std::string&, const std::string& host) {
  return add_host(host, {});
}

dict listed_hosts::groups() {
  list all;
  for (auto& each : names_)
    all.push_back(each);
  return dict{{"all", all}, {"ungrouped", all}};
}

} // namespace troupe
