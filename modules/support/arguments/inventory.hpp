#pragma once

#include "config/language/language.hpp"
#include "modules/module.hpp"

#include <string>

namespace troupe {

// What `group_by` and `add_host` add to the inventory travels as variables
// whose names hold a blank, so that no plan can mean them. `task_variables`
// makes `groups`, `group_names` and `hostvars` of them.

/// Before the name of a group: the list of its hosts.
constexpr std::string_view group_prefix = "group ";
/// Before the name of a host that was added: the dict of its variables.
constexpr std::string_view host_prefix = "host ";
/// Before the name of a host: facts that another one has found for it.
constexpr std::string_view facts_prefix = "facts ";

/// The inventory as a task sees it, for modules that add to it.
class inventory_names {
public:
  explicit inventory_names(const module_context& ctx) : ctx_{ctx} {
  }

  /// The name of this host; "localhost" where nobody says it.
  std::string host() const;

  /// Adds `host` to `group`, in what the task reports. False when it is in
  /// there already.
  bool join(const std::string& group, const std::string& host, dict& out) const;

  /// Adds variables to those that are known of `host`. Of this host they
  /// become variables of their own. False when they have these values.
  bool set_vars(const std::string& host, const dict& vars, dict& out) const;

private:
  const value* find(std::string_view name) const {
    return ctx_.names ? ctx_.names->find(name) : nullptr;
  }

  const module_context& ctx_;
};

} // namespace troupe
