#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "modules/module.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe {

/// The modules a plan uses, by the name it uses.
using module_table
  = std::unordered_map<std::string, std::shared_ptr<const task_module>>;

/// The executable that implements a custom module, in the first of these
/// folders that has it; empty when there is none. `NAMESPACE.COLLECTION.NAME`
/// is looked for in collections too, below the folders that are called
/// `ansible_collections`; one with an action plugin, which would be run in its
/// place, is none.
std::string find_custom_module(const std::string& name,
                               const std::vector<std::string>& folders,
                               host& machine);

struct custom_module {
  std::string name;
  std::string path;
};

/// The custom modules in these folders by their names, each as it would be
/// found; collections are not gone through.
std::vector<custom_module>
custom_modules_in(const std::vector<std::string>& folders, host& machine);

/// The whole name of a custom module that is called by the short one which it
/// has in the first of these collections that has it; empty: none has.
std::string find_collected_name(const std::string& name,
                                const std::vector<std::string>& collections,
                                const std::vector<std::string>& folders,
                                host& machine);

/// Finds the module of every task and handler: among `known`, or as an
/// executable in one of `custom_folders`. Unknown ones are added to `out` with
/// the nearest known name; but those of a playbook that have the name of a
/// module elsewhere (`lives_elsewhere`), of a task that may be passed over (it
/// has conditions or a loop, rescues, or is a handler), to `later`: such a task
/// fails when it runs.
module_table find_modules(const plan& p, const module_registry& known,
                          const std::vector<std::string>& custom_folders,
                          host& machine, problems& out, problems& later);

/// Checks the arguments of every task and handler as far as that is possible
/// before its templates are evaluated.
void check_plan_arguments(const plan& p, const module_table& modules,
                          const language& templates, problems& out);

} // namespace troupe
