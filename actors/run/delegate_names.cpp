#include "actors/run/roster.hpp"
#include "actors/run/task_scope.hpp"

#include <algorithm>
#include <array>
#include <utility>

// What a task sees of the host that it is delegated to.

namespace troupe {

namespace {

constexpr std::string_view all_of_delegates = "ansible_delegated_vars";

/// How a host is reached, by both names that each part of it has.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> ways{{
  {"ansible_ssh_host", "ansible_host"},
  {"ansible_ssh_user", "ansible_user"},
  {"ansible_ssh_pass", "ansible_password"},
  {"ansible_ssh_port", "ansible_port"},
  {"ansible_ssh_timeout", "ansible_timeout"},
  {"ansible_ssh_private_key_file", "ansible_private_key_file"},
}};

} // namespace

void task_variables::delegate_to(std::string host) {
  delegate_.host = std::move(host);
  delegate_.asked.clear();
}

value task_variables::delegated_vars() const {
  auto& host = delegate_.host;
  dict out;
  if (host == ctx_->own_name()) {
    out = all_vars()->as_dict();
  } else if (ctx_->hosts) {
    auto all
      = ctx_->hosts->find(ctx_->own_name(), std::string_view{"hostvars"});
    auto* known = all ? all->find(host) : nullptr;
    if (known && known->is_dict())
      out = known->as_dict();
    else if (auto vars = ctx_->hosts->vars_of(host))
      out = **vars;
  }
  // As Ansible has it: whose task it is.
  out.set("inventory_hostname", ctx_->own_name());
  return value{dict{{host, value{std::move(out)}}}};
}

const value* task_variables::of_delegate(const name_key& name) const {
  std::string_view text = name;
  auto& asked = delegate_.asked;
  if (auto at = asked.find(text); at != asked.end())
    return at->second ? &*at->second : nullptr;
  if (text == all_of_delegates)
    return &*asked.emplace(text, delegated_vars()).first->second;
  auto way = std::find_if(ways.begin(), ways.end(), [&](auto& each) {
    return each.first == text || each.second == text;
  });
  if (way == ways.end() || !ctx_->hosts || delegate_.host == ctx_->own_name())
    return nullptr;
  auto* own = find_plain(name);
  // A host is called as its name is when nothing else is said.
  bool said = own
              && !(text == "ansible_host"
                   && own->text_or("") == std::string_view{ctx_->own_name()});
  std::optional<value> found;
  for (auto each : {way->first, way->second})
    if (!said && !found)
      found = ctx_->hosts->name_of(delegate_.host, each);
  auto& kept = asked.emplace(text, std::move(found)).first->second;
  return kept ? &*kept : nullptr;
}

} // namespace troupe
