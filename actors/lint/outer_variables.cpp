#include "actors/lint/outer_variables.hpp"

#include "actors/lint/name_table.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace troupe {

void outer_variables::add(const dict& names) {
  for (auto& [key, x] : names) {
    if (!key.is_text())
      continue;
    auto& texts = names_[key.as_string()];
    for_each_value(x, [&](const value& each) {
      if (each.is_text() && has_template(each))
        texts.insert(each.as_string());
    });
  }
}

void outer_variables::add(playbook_hosts& hosts, const std::string& folder,
                          unknown_reasons& unknown) {
  auto all = hosts.chosen({"all"});
  if (!all) {
    unknown.try_emplace("the hosts of the inventory");
    return;
  }
  for (auto& host : *all)
    if (auto layers = hosts.names_of(host, folder))
      for (auto& each : *layers)
        add(each);
    else
      unknown.try_emplace(fmt::format("the variables of the host '{}'", host));
}

namespace {

/// Variables that a task gives to a host, and groups whose variables no host
/// had before.
void look_at_new_hosts(const lint_task& t, name_table& to) {
  constexpr std::array own{"name",   "hostname", "host",
                           "groups", "group",    "groupname"};
  auto is_own = [&](std::string_view name) {
    return std::find(own.begin(), own.end(), name) != own.end();
  };
  if (t.is("add_host"))
    for (auto& [key, x] : t.args)
      if (key.is_text() && !is_own(key.as_string()))
        to.made.try_emplace(key.as_string(),
                            found_maker{t.number, t.what->place});
  bool grouped = t.is("group_by");
  for (auto* each : {"groups", "group", "groupname"})
    grouped = grouped || (t.is("add_host") && t.argument(each));
  if (grouped)
    to.unknown.try_emplace(
      fmt::format("the variables of groups that '{}' puts hosts into",
                  t.spec->name),
      t.what->place);
}

/// Goes from the variables that are read to those that they read themselves.
class follower {
public:
  follower(const lint_plan& p, name_table& to) : plan_{p}, to_{to} {
  }

  void make(const std::string& name, const std::set<std::string>& texts) {
    auto [known, fresh] = to_.made.try_emplace(name, found_maker{});
    // What the plan makes itself is stronger, mostly.
    if (fresh)
      own_.insert(name);
    known->second.number = 0;
    for (auto& text : texts) {
      auto names = plan_.ctx.templates->names_in(text, text_kind::plan_text);
      if (!names)
        continue;
      to_.reads_any = to_.reads_any || names->any;
      for (auto& each : names->read) {
        to_.read_elsewhere.insert(each.name);
        if (each.asked)
          to_.asked.insert(each.name);
      }
    }
  }

  void follow() {
    for (size_t i = 0; i < to_.uses.size(); ++i) {
      auto use = to_.uses[i];
      // Something is in its place when it cannot be evaluated.
      if (!use.what.optional && own_.erase(use.what.name) > 0)
        for (auto& text : plan_.outer.names().at(use.what.name))
          look_in(text, use);
    }
  }

private:
  void look_in(const std::string& text, const found_use& from) {
    auto names = plan_.ctx.templates->names_in(text, text_kind::plan_text);
    if (!names)
      return;
    for (auto& each : names->read) {
      auto use = from;
      use.through = from.what.name;
      use.what.name = each.name;
      use.what.optional = each.optional;
      use.what.asked = each.asked;
      to_.uses.push_back(std::move(use));
    }
  }

  const lint_plan& plan_;
  name_table& to_;
  // Those that only the inventory makes and that were not read yet.
  std::set<std::string, std::less<>> own_;
};

} // namespace

void add_outer_variables(const lint_plan& p, name_table& to) {
  if (p.ctx.what->playbook) {
    to.made.try_emplace("play_hosts", found_maker{});
    for (auto& each : p.tasks)
      look_at_new_hosts(each, to);
  }
  follower all{p, to};
  for (auto& [name, texts] : p.outer.names())
    all.make(name, texts);
  all.follow();
}

} // namespace troupe
