#pragma once

#include "config/plan/keywords.hpp"
#include "config/plan/problems.hpp"
#include "config/value/value.hpp"
#include "modules/support/plan/collection_routes.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What is said, with `module_defaults` by the names that collections have for
/// what is meant: modules by those that they lead to, and groups with their
/// modules, for `defaults_for`. Groups that no collection has are for nobody,
/// which is added to `warnings`, each place once.
keywords with_known_defaults(const keywords& said, const source_place& around,
                             collection_routes& routes,
                             std::vector<std::string>& warnings);

/// The groups in `module_defaults` by their whole names.
std::vector<std::string> groups_in(const keywords& said);

/// What `module_defaults`, the outer ones first, say for a module, the
/// strongest last. `is_it` tells whether the name of a module, without the
/// collection of those of Ansible itself, means it. As in Ansible the inner of
/// two for the same module or group counts as a whole, and what is said of a
/// module is stronger than what is said of its groups. What is found lives as
/// long as `said`.
std::vector<const dict*>
defaults_for(const keywords& said,
             const std::function<bool(const std::string&)>& is_it);

} // namespace troupe
