#include "actors/run/task_scope.hpp"

#include "actors/run/roster.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/merged_names.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

std::shared_ptr<const task_scope> task_scope::of(const play& p) {
  task_scope outer;
  outer.play_name = p.name;
  outer.on_failure = p.on_failure;
  outer.defaults = p.defaults;
  return outer.with(p);
}

std::shared_ptr<const task_scope>
task_scope::with(const keywords& inner,
                 const std::vector<condition>& asked) const {
  auto own = [](const said_keyword& each) {
    return each.row().inherits == inheritance::own;
  };
  if (inner.empty() && asked.empty()
      && std::none_of(said.begin(), said.end(), own))
    if (auto same = weak_from_this().lock())
      return same;
  auto out = std::make_shared<task_scope>(*this);
  out->said = said.with(inner);
  out->known
    = std::make_shared<const resolved_keywords>(known_keywords(out->said));
  for (auto& each : asked)
    out->conditions.push_back(&each);
  if (inner.find("throttle"))
    out->throttled_by_ = &inner;
  return out;
}

std::shared_ptr<const task_scope>
task_scope::with_included(std::shared_ptr<const dict> vars) const {
  auto out = std::make_shared<task_scope>(*this);
  out->included_vars.insert(out->included_vars.begin(), std::move(vars));
  return out;
}

std::vector<shared_limit>
task_scope::limits_of(const resolved_keywords& resolved) const {
  auto out = limits;
  if (auto most = resolved.number("throttle").value_or(0); most > 0)
    out.push_back(
      {fmt::format("throttle {}", static_cast<const void*>(throttled_by_)),
       static_cast<unsigned>(most)});
  return out;
}

const std::string& omit_marker() {
  static const std::string marker
    = "__omit_place_holder__9bb0d2b7a4d44f0e8b1c5d4a6f1e7c30";
  return marker;
}

task_variables::task_variables(context_ptr ctx, scope_ptr scope,
                               known_names known, dict local)
    : ctx_{std::move(ctx)}, scope_{std::move(scope)},
      own_{std::make_shared<const own_names>(
        own_names{std::move(known), std::move(local)})} {
  inventory_ = ctx_->what->vars;
  if (auto& hosts = ctx_->hosts) {
    if (auto vars = hosts->vars_of(ctx_->own_name()))
      inventory_ = std::move(*vars);
    given_ = hosts->given_to(ctx_->own_name());
  }
  stack();
}

void task_variables::set_local(dict names) {
  own_ = std::make_shared<const own_names>(
    own_names{own_->known, std::move(names)});
  merged_.clear();
  all_vars_.reset();
  host_vars_.reset();
  stack();
}

/// The one place that says how strong names are.
void task_variables::stack() {
  layers_.clear();
  auto add = [&](const char* name, const dict* table) {
    if (table && !table->empty())
      layers_.push_back({name, table, nullptr});
  };
  add("extra variables", ctx_->extra_vars.get());
  add("what the engine defines", ctx_->magic_vars.get());
  add("the item", &own_->local);
  if (auto& role = ctx_->role)
    add("parameters of the role", role->params.get());
  for (auto& each : scope_->included_vars)
    add("vars of an inclusion", each.get());
  layers_.push_back({"results and set_fact", nullptr, &registered()});
  auto inner = layers_.size();
  for (auto& each : scope_->said)
    if (each.is("vars"))
      layers_.insert(layers_.begin() + static_cast<ptrdiff_t>(inner),
                     {"vars", &each.x.as_dict(), nullptr});
  layers_.push_back({"facts", nullptr, &own_->known.facts});
  add("facts that other hosts found", given_.get());
  add("inventory", inventory_.get());
  if (auto& role = ctx_->role)
    add("defaults of the role", role->defaults.get());
  add("defaults of the play's roles", scope_->defaults.get());
}

const value* task_variables::find_plain(const name_key& name) const {
  const value* first = nullptr;
  std::optional<value> all;
  bool merges = ctx_->ansible && ctx_->ansible->merges();
  for (auto& each : layers_) {
    auto* x = each.table ? each.table->find(name) : each.store->find(name);
    if (!x)
      continue;
    if (!merges || (!first && !x->is_dict()))
      return x;
    // What stands below something else does not count.
    if (!x->is_dict())
      break;
    if (first)
      all = merged(*x, all ? *all : *first);
    first = first ? first : x;
  }
  if (!all)
    return first;
  auto& kept = merged_[std::string{std::string_view{name}}];
  if (!kept)
    kept = std::move(*all);
  return &*kept;
}

namespace {

/// What a task has called a group or a host may come from anywhere: it is no
/// template when it is looked at.
value added_name(std::string_view key, std::string_view prefix) {
  return value::from_host(std::string{key.substr(prefix.size())});
}

} // namespace

void task_variables::grow_groups() const {
  grown_groups_.emplace();
  std::vector<std::string> all;
  registered().append_names(all);
  dict groups;
  if (auto* before = ctx_->magic_vars->find("groups"))
    groups = before->as_dict();
  bool grown = false;
  for (std::string_view each : all)
    if (each.starts_with(group_prefix)) {
      groups.set(added_name(each, group_prefix), *registered().find(each));
      grown = true;
    }
  if (!grown)
    return;
  std::vector<value> mine;
  bool in_some = false;
  value self{ctx_->own_name()};
  for (auto& [name, hosts] : groups) {
    auto& members = hosts.as_list();
    if (name.as_string() != "all"
        && std::find(members.begin(), members.end(), self) != members.end()) {
      mine.push_back(name);
      in_some = in_some || name.as_string() != no_group;
    }
  }
  if (in_some) {
    std::erase(mine, value{no_group});
    groups.set(no_group, list{});
  }
  std::sort(mine.begin(), mine.end(),
            [](auto& x, auto& y) { return x.as_string() < y.as_string(); });
  grown_groups_->set("groups", value{std::move(groups)});
  grown_groups_->set("group_names", value{list{std::move(mine)}});
}

const value* task_variables::grown_groups(const name_key& name) const {
  if (!grown_groups_)
    grow_groups();
  return grown_groups_->find(name);
}

namespace {

bool is_about_hosts(std::string_view name) {
  constexpr std::array all{"groups",
                           "group_names",
                           "hostvars",
                           "play_hosts",
                           "ansible_play_hosts",
                           "ansible_play_hosts_all",
                           "ansible_play_batch"};
  return std::find(all.begin(), all.end(), name) != all.end();
}

} // namespace

const value* task_variables::find_among_hosts(const name_key& name) const {
  std::string_view text = name;
  auto at = among_hosts_.find(text);
  if (at == among_hosts_.end()) {
    auto got = ctx_->hosts->find(ctx_->own_name(), name);
    if (!got)
      return nullptr;
    at = among_hosts_.emplace(text, std::move(*got)).first;
  }
  return &at->second;
}

const value* task_variables::find(const name_key& name) const {
  if (!delegate_.host.empty())
    if (auto* x = of_delegate(name))
      return x;
  if (ctx_->hosts && is_about_hosts(name)) {
    auto* given = ctx_->extra_vars ? ctx_->extra_vars->find(name) : nullptr;
    return given ? given : find_among_hosts(name);
  }
  if (name == "groups" || name == "group_names")
    if (auto* x = grown_groups(name))
      return x;
  if (auto* x = find_plain(name))
    return x;
  if (name == "hostvars")
    return host_vars();
  if (name == "vars")
    return all_vars();
  if (name == "ansible_facts")
    return bare_facts();
  return nullptr;
}

std::vector<std::string> task_variables::names() const {
  std::vector<std::string> out;
  for (auto& each : layers_) {
    if (each.store)
      each.store->append_names(out);
    else
      for (auto& [key, x] : *each.table)
        if (key.is_text())
          out.push_back(key.as_string());
  }
  // Those of the inventory are no names of the plan.
  std::erase_if(out, [](const std::string& name) {
    return name.starts_with(group_prefix) || name.starts_with(host_prefix)
           || name.starts_with(facts_prefix);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string task_variables::why_missing(std::string_view name) const {
  if (!name.starts_with("ansible_") || !own_->known.facts.empty())
    return {};
  return "; no facts of this host have been collected, which gather_facts: "
         "true or the module setup does";
}

std::vector<std::string> task_variables::layers() const {
  std::vector<std::string> out;
  for (auto& each : layers_)
    out.emplace_back(each.name);
  return out;
}

const value* task_variables::all_vars() const {
  if (!all_vars_) {
    dict all;
    for (auto& name : names()) {
      bool grows = name == "groups" || name == "group_names";
      auto* x = grows || is_about_hosts(name) ? find(name) : find_plain(name);
      if (x)
        all.set(name, *x);
    }
    all_vars_ = value{std::move(all)};
  }
  return &*all_vars_;
}

const value* task_variables::host_vars() const {
  if (!host_vars_) {
    dict hosts;
    std::vector<std::string> all;
    registered().append_names(all);
    for (std::string_view each : all)
      if (each.starts_with(host_prefix))
        hosts.set(added_name(each, host_prefix), *registered().find(each));
    hosts.set(ctx_->own_name(), *all_vars());
    host_vars_ = value{std::move(hosts)};
  }
  return &*host_vars_;
}

const value* task_variables::bare_facts() const {
  if (!bare_facts_) {
    constexpr std::string_view prefix = "ansible_";
    std::vector<std::string> all;
    own_->known.facts.append_names(all);
    dict bare;
    for (auto& name : all) {
      std::string_view key = name;
      if (key.starts_with(prefix))
        key.remove_prefix(prefix.size());
      bare.set(key, *own_->known.facts.find(name));
    }
    bare_facts_ = value{std::move(bare)};
  }
  return &*bare_facts_;
}

} // namespace troupe
