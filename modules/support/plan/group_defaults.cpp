#include "modules/support/plan/group_defaults.hpp"

#include "config/plan/plain_action.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

constexpr std::string_view group_prefix = "group/";

// Of what a group is put into: which modules it has, and what is said of them.
constexpr std::string_view members_key = "modules";
constexpr std::string_view said_key = "defaults";

/// The group of a key; short ones are Ansible's own.
std::string whole_group(std::string_view key) {
  auto name = key.substr(group_prefix.size());
  return split_collection(name).first.empty()
           ? fmt::format("ansible.builtin.{}", name)
           : std::string{name};
}

void warn_of_unknown(std::string_view group, const source_place& place,
                     std::vector<std::string>& to) {
  auto words = fmt::format(
    "{}: '{}' is a group of modules, of which is not known which it has: "
    "these defaults are for nobody; give them by the names of modules",
    to_string(place), group);
  if (std::find(to.begin(), to.end(), words) == to.end())
    to.push_back(std::move(words));
}

/// A table of `module_defaults` by the names that are meant.
dict known_defaults(const dict& said, const source_place& around,
                    collection_routes& routes,
                    std::vector<std::string>& warnings) {
  dict out;
  for (auto& [key, x] : said) {
    auto name = key.text_or("");
    if (!name.starts_with(group_prefix)) {
      out.set(value{routes.route_of(std::string{name}).name}, x);
      continue;
    }
    auto members = routes.modules_in(whole_group(name));
    if (!members) {
      warn_of_unknown(name, part_of(around, key.place()), warnings);
      continue;
    }
    list names;
    for (auto& each : *members)
      names.push_back(each);
    out.set(key,
            value{dict{{members_key, value{std::move(names)}}, {said_key, x}}});
  }
  return out;
}

/// Whether a group, as `known_defaults` has left it, has the module.
bool has_module(const value& group,
                const std::function<bool(const std::string&)>& is_it) {
  auto* members = group.find(members_key);
  if (!members || !members->is_list())
    return false;
  auto& all = members->as_list();
  return std::any_of(all.begin(), all.end(), [&](auto& each) {
    return is_it(std::string{plain_action(each.text_or(""))});
  });
}

} // namespace

keywords with_known_defaults(const keywords& said, const source_place& around,
                             collection_routes& routes,
                             std::vector<std::string>& warnings) {
  keywords out;
  for (auto each : said) {
    if (each.is("module_defaults") && each.x.is_dict())
      each.x
        = value{known_defaults(each.x.as_dict(), around, routes, warnings)};
    out.say(std::move(each));
  }
  return out;
}

std::vector<std::string> groups_in(const keywords& said) {
  std::vector<std::string> out;
  for (auto& each : said)
    if (each.is("module_defaults") && each.x.is_dict())
      for (auto& [key, x] : each.x.as_dict())
        if (auto name = key.text_or(""); name.starts_with(group_prefix))
          out.push_back(whole_group(name));
  return out;
}

std::vector<const dict*>
defaults_for(const keywords& said,
             const std::function<bool(const std::string&)>& is_it) {
  std::vector<std::pair<std::string, const value*>> all;
  for (auto& each : said) {
    if (!each.is("module_defaults") || !each.x.is_dict())
      continue;
    for (auto& [key, x] : each.x.as_dict()) {
      std::string name{plain_action(key.text_or(""))};
      auto at = std::find_if(all.begin(), all.end(),
                             [&](auto& one) { return one.first == name; });
      if (at == all.end())
        all.emplace_back(std::move(name), &x);
      else
        at->second = &x;
    }
  }
  std::vector<const dict*> out;
  auto take = [&](const value* x) {
    if (x && x->is_dict())
      out.push_back(&x->as_dict());
  };
  for (auto& [name, x] : all)
    if (name.starts_with(group_prefix) && has_module(*x, is_it))
      take(x->find(said_key));
  for (auto& [name, x] : all)
    if (!name.starts_with(group_prefix) && is_it(name))
      take(x);
  return out;
}

} // namespace troupe
