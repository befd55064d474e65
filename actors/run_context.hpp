#pragma once

#include "config/conditions.hpp"
#include "config/language/language.hpp"
#include "config/plan.hpp"
#include "config/settings.hpp"
#include "modules/module.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe {

/// What a run is made of before it starts; shared by all its actors and never
/// changed while they live.
struct run_context {
  std::string run_id;
  std::shared_ptr<const plan> what;
  settings options;
  std::shared_ptr<host> machine;
  std::shared_ptr<const language> templates;
  /// By the name a plan uses; built-in and custom ones.
  std::unordered_map<std::string, std::shared_ptr<const task_module>> modules;
  /// `-e`: the strongest names.
  std::shared_ptr<const dict> extra_vars;
  /// `inventory_hostname` and the like: names that the engine itself makes.
  std::shared_ptr<const dict> magic_vars;
  condition_context conditions;
  std::vector<std::string> search_path;
  std::string temporary_directory;
  int verbosity = 0;
};

using context_ptr = std::shared_ptr<const run_context>;

} // namespace troupe
