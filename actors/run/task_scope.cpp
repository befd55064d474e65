#include "actors/run/task_scope.hpp"

#include "modules/support/arguments/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

std::shared_ptr<const task_scope> task_scope::of(const play& p) {
  task_scope outer;
  auto scope = std::make_shared<task_scope>(*outer.with(p.common));
  // A play's variables are weaker than its blocks' but stronger than facts.
  scope->vars.clear();
  scope->play_vars = p.common.vars;
  scope->play_name = p.name;
  scope->on_failure = p.on_failure;
  return scope;
}

std::shared_ptr<const task_scope>
task_scope::with(const keywords& inner) const {
  auto out = std::make_shared<task_scope>(*this);
  if (inner.vars && !inner.vars->empty())
    out->vars.insert(out->vars.begin(), inner.vars);
  for (auto& each : inner.conditions)
    out->conditions.push_back(&each);
  out->tags.insert(out->tags.end(), inner.tags.begin(), inner.tags.end());
  if (!inner.environment.is_null())
    out->environment.push_back(inner.environment);
  if (inner.module_defaults)
    out->module_defaults.insert(out->module_defaults.begin(),
                                inner.module_defaults);
  if (inner.check_mode)
    out->check_mode = inner.check_mode;
  if (inner.diff)
    out->diff = inner.diff;
  if (inner.no_log)
    out->no_log = *inner.no_log;
  if (!inner.ignore_errors.is_null())
    out->ignore_errors = inner.ignore_errors;
  if (!inner.become.is_null())
    out->become = inner.become;
  if (!inner.become_user.is_null())
    out->become_user = inner.become_user;
  if (!inner.become_method.empty())
    out->become_method = inner.become_method;
  if (inner.any_errors_fatal)
    out->any_errors_fatal = *inner.any_errors_fatal;
  if (inner.timeout)
    out->timeout = inner.timeout;
  // One limit for all tasks below the place that sets it.
  if (inner.throttle)
    out->limits.push_back(
      {fmt::format("throttle {}", static_cast<const void*>(&inner)),
       *inner.throttle});
  return out;
}

const std::string& omit_marker() {
  static const std::string marker
    = "__omit_place_holder__9bb0d2b7a4d44f0e8b1c5d4a6f1e7c30";
  return marker;
}

task_variables::task_variables(context_ptr ctx, scope_ptr scope,
                               known_names known)
    : ctx_{std::move(ctx)}, scope_{std::move(scope)}, known_{std::move(known)} {
}

void task_variables::set_local(dict names) {
  local_ = std::move(names);
  all_vars_.reset();
}

const value* task_variables::find_plain(const name_key& name) const {
  auto in = [&](const std::shared_ptr<const dict>& names) {
    return names ? names->find(name) : nullptr;
  };
  if (auto* x = in(ctx_->extra_vars))
    return x;
  if (auto* x = in(ctx_->magic_vars))
    return x;
  if (auto* x = local_.find(name))
    return x;
  for (auto& layer : scope_->included_vars)
    if (auto* x = layer->find(name))
      return x;
  if (auto* x = known_.registered.find(name))
    return x;
  for (auto& layer : scope_->vars)
    if (auto* x = layer->find(name))
      return x;
  if (auto* x = in(scope_->play_vars))
    return x;
  if (auto* x = known_.facts.find(name))
    return x;
  return in(ctx_->what->vars);
}

void task_variables::grow_groups() const {
  grown_groups_.emplace();
  std::vector<std::string> all;
  known_.registered.append_names(all);
  dict groups;
  if (auto* before = ctx_->magic_vars->find("groups"))
    groups = before->as_dict();
  bool grown = false;
  for (std::string_view each : all)
    if (each.starts_with(group_prefix)) {
      groups.set(each.substr(group_prefix.size()),
                 *known_.registered.find(each));
      grown = true;
    }
  if (!grown)
    return;
  std::vector<value> mine;
  value self{ctx_->what->host};
  for (auto& [name, hosts] : groups) {
    auto& members = hosts.as_list();
    if (name.as_string() != "all"
        && std::find(members.begin(), members.end(), self) != members.end())
      mine.push_back(name);
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

const value* task_variables::find(const name_key& name) const {
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
  auto add = [&](const dict& from) {
    for (auto& [key, x] : from)
      if (key.is_text())
        out.push_back(key.as_string());
  };
  for (auto& layer : {ctx_->extra_vars, ctx_->magic_vars, scope_->play_vars,
                      ctx_->what->vars})
    if (layer)
      add(*layer);
  add(local_);
  for (auto& layer : scope_->vars)
    add(*layer);
  for (auto& layer : scope_->included_vars)
    add(*layer);
  known_.registered.append_names(out);
  known_.facts.append_names(out);
  // Those of the inventory are no names of the plan.
  std::erase_if(out, [](const std::string& name) {
    return name.starts_with(group_prefix) || name.starts_with(host_prefix);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const value* task_variables::all_vars() const {
  if (!all_vars_) {
    dict all;
    for (auto& name : names()) {
      bool grows = name == "groups" || name == "group_names";
      auto* x = grows ? find(name) : find_plain(name);
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
    known_.registered.append_names(all);
    for (std::string_view each : all)
      if (each.starts_with(host_prefix))
        hosts.set(each.substr(host_prefix.size()),
                  *known_.registered.find(each));
    hosts.set(ctx_->what->host, *all_vars());
    host_vars_ = value{std::move(hosts)};
  }
  return &*host_vars_;
}

const value* task_variables::bare_facts() const {
  if (!bare_facts_) {
    constexpr std::string_view prefix = "ansible_";
    std::vector<std::string> all;
    known_.facts.append_names(all);
    dict bare;
    for (auto& name : all) {
      std::string_view key = name;
      if (key.starts_with(prefix))
        key.remove_prefix(prefix.size());
      bare.set(key, *known_.facts.find(name));
    }
    bare_facts_ = value{std::move(bare)};
  }
  return &*bare_facts_;
}

} // namespace troupe
