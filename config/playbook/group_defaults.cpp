#include "config/playbook/group_defaults.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void warn_of_group_defaults(const play& in, std::vector<std::string>& to) {
  auto look_at = [&to](const auto& said_by) {
    auto* said = said_by.said.known("module_defaults");
    if (!said || !said->is_dict())
      return;
    for (auto& [key, x] : said->as_dict()) {
      auto name = key.text_or("");
      if (!name.starts_with("group/"))
        continue;
      auto words = fmt::format(
        "{}: '{}' is a group of modules, of which is not known which it has: "
        "these defaults are for nobody; give them by the names of modules",
        to_string(part_of(said_by.place, key.place())), name);
      if (std::find(to.begin(), to.end(), words) == to.end())
        to.push_back(std::move(words));
    }
  };
  look_at(in);
  for_each_block(in.body, look_at);
  for_each_task(in.body, look_at);
  for_each_block(in.handlers, look_at);
  for_each_task(in.handlers, look_at);
}

} // namespace troupe
