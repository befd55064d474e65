#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "modules/module.hpp"
#include "modules/support/plan/collection_routes.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe {

/// The modules a plan uses, by the name it uses; those of collections that it
/// calls by short names, by their whole ones.
using module_table
  = std::unordered_map<std::string, std::shared_ptr<const task_module>>;

/// Where the custom modules of a plan lie that is in `folder`.
std::vector<std::string> module_folders_beside(const std::string& folder);

/// The executable that implements a custom module, in the first of these
/// folders that has it; empty when there is none. `NAMESPACE.COLLECTION.NAME`
/// is looked for in collections too, below the folders that are called
/// `ansible_collections`, and before its NAME there may be folders, between
/// dots; one with an action plugin, which would be run in its place, is none.
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

/// Whether a module of a collection, or one beside the playbook, is meant where
/// it has the name of this one: Ansible runs no part of it on the controller.
bool gives_way(const module_spec& known);

/// Where the modules of a plan are.
struct module_places {
  const module_registry& known;
  /// Of custom ones.
  const std::vector<std::string>& folders;
  /// Where names of collections lead.
  collection_routes& routes;
  host& machine;
};

/// The collection whose module a task of a playbook calls by its short name:
/// the first one that has it, of those that the task says, or else of those
/// `around` it. Empty: it means another one.
std::string collection_of(const task& t, const std::vector<std::string>& around,
                          const module_places& where);

/// The module that a task means; null: it is not known. For tasks that
/// `find_modules` has seen.
std::shared_ptr<const task_module> module_in(const module_table& all,
                                             const task& t);

/// Finds the module of every task and handler: among `known`, or as an
/// executable in one of `custom_folders`. Unknown ones are added to `out` with
/// the nearest known name; but those of a playbook that have the name of a
/// module elsewhere (`lives_elsewhere`), of a task that may be passed over (it
/// has conditions or a loop, rescues, or is a handler), to `later`: such a task
/// fails when it runs. A task whose module is of a collection says which from
/// there on, and `module_defaults` are said by the names that are meant.
module_table find_modules(plan& p, const module_registry& known,
                          const std::vector<std::string>& custom_folders,
                          host& machine, problems& out, problems& later);

/// Checks the arguments of every task and handler as far as that is possible
/// before its templates are evaluated.
void check_plan_arguments(const plan& p, const module_table& modules,
                          const language& templates, problems& out);

} // namespace troupe
