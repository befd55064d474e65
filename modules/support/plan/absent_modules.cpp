#include "modules/support/plan/absent_modules.hpp"

#include "config/plan/plain_action.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

struct absent {
  std::string_view name;
  std::string_view instead;
};

// Of ansible.builtin 2.14, sorted.
constexpr absent table[] = {
  {"import_playbook", "a playbook, or the plays of that file in this plan"},
  {"import_role", "a playbook, or 'include_role'"},
  {"include", "'include_tasks' or 'import_tasks'"},
};

const absent* find_absent(std::string_view name) {
  name = plain_action(name);
  auto at = std::lower_bound(
    std::begin(table), std::end(table), name,
    [](const absent& x, std::string_view wanted) { return x.name < wanted; });
  return at != std::end(table) && at->name == name ? at : nullptr;
}

} // namespace

std::string_view instead_of_absent(std::string_view name) {
  auto* found = find_absent(name);
  return found ? found->instead : std::string_view{};
}

std::string absent_module(std::string_view name, std::string_view nearest) {
  if (auto* instead = find_absent(name))
    return fmt::format("'{}' is a module of ansible-core that this engine has "
                       "not: use {}",
                       name, instead->instead);
  if (name == "roles")
    return "'roles' stands in a play, beside its tasks; among them "
           "'include_role' runs one";
  // The name of another collection says little about what was meant.
  auto collected = plain_action(name).find('.') != std::string_view::npos;
  if (!nearest.empty() && !collected)
    return fmt::format("unknown module '{}'; did you mean '{}'?", name,
                       nearest);
  return fmt::format("unknown module '{}': it is neither built in ('troupe "
                     "modules' lists those) nor in the folder library beside "
                     "the plan",
                     name);
}

} // namespace troupe
