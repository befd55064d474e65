#include "actors/fleet/labelled_host.hpp"

#include "config/plan/tags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

result<std::vector<std::string>>
labelled_host::chosen(const std::vector<std::string>& patterns) {
  std::vector<std::string> out;
  auto names = labels_;
  // A play for localhost is one for whoever has been sent the playbook.
  names.emplace_back("localhost");
  names.emplace_back("127.0.0.1");
  if (!patterns.empty()
      && host_matches(fmt::format("{}", fmt::join(patterns, ",")), name_,
                      names))
    out.push_back(name_);
  return out;
}

result<std::vector<dict>> labelled_host::names_of(const std::string&,
                                                  const std::string&) {
  return std::vector<dict>{};
}

result<void> labelled_host::join(const std::string& group,
                                 const std::string& host) {
  if (host == name_
      && std::find(labels_.begin(), labels_.end(), group) == labels_.end())
    labels_.push_back(group);
  return {};
}

dict labelled_host::groups() {
  list self{value{name_}};
  dict out{{"all", self}};
  if (labels_.empty())
    out.set("ungrouped", self);
  for (auto& each : labels_)
    out.set(each, self);
  return out;
}

} // namespace troupe
