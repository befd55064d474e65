#pragma once

#include "actors/remote/connection_choice.hpp"
#include "config/language/language.hpp"
#include "config/plan/conditions.hpp"
#include "config/plan/plan.hpp"
#include "config/settings.hpp"
#include "modules/module.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>

namespace troupe {

class ansible_settings;
class connections;
class journal;
class output_board;
class run_past;
class redactor;
class role_memory;
class roster;
class task_gate;
class tag_watch;
class undo_store;

/// What to do with a task that was running when the run died, and that is not
/// safe to repeat.
enum class unknown_policy : uint8_t { fail, rerun, skip };

/// What a run writes down and knows of itself.
struct run_memory {
  /// Where what happens is written down; null: nowhere.
  std::shared_ptr<journal> log;
  /// Where what tasks replace is kept; null: nowhere.
  std::shared_ptr<undo_store> undo;
  /// The time before this process, when the run is gone on with.
  std::shared_ptr<const run_past> past;
  unknown_policy on_unknown = unknown_policy::fail;
  /// What its tasks that only predict have predicted.
  std::shared_ptr<prediction> predicted = std::make_shared<prediction>();
};

/// Names that are no task's and no play's.
struct run_names {
  /// `-e`: the strongest names.
  std::shared_ptr<const dict> extra_vars;
  /// `inventory_hostname` and the like: names that the engine itself makes.
  std::shared_ptr<const dict> magic_vars;
  /// The host that this is the run of; empty: the plan's.
  std::string host_name;
  /// How hosts are reached of which nothing else is said.
  connection_choice dial;
  /// All hosts of the run, when it is one of a playbook's; null: it is alone.
  std::shared_ptr<roster> hosts;
};

/// What a run is made of before it starts; shared by all its actors and never
/// changed while they live.
struct run_context : run_memory, run_names {
  std::string run_id;
  std::shared_ptr<const plan> what;
  settings options;
  /// What Ansible's settings say, for a playbook; null: nothing.
  std::shared_ptr<const ansible_settings> ansible;
  std::shared_ptr<host> machine;
  std::shared_ptr<const language> templates;
  /// By the name a plan uses; built-in and custom ones.
  std::unordered_map<std::string, std::shared_ptr<const task_module>> modules;
  /// All that there are, for tasks that are included later.
  const module_registry* known_modules = &builtin_modules();
  condition_context conditions;
  /// Whom each task asks before it begins; null: nobody.
  std::shared_ptr<task_gate> gate;
  /// Where a view sees what tasks print while they run; null: none does.
  std::shared_ptr<output_board> board;
  /// Who wants to know the tags of all tasks; null: nobody.
  std::shared_ptr<tag_watch> tags;
  std::vector<std::string> search_path;
  /// The role whose tasks run with this; null: none.
  role_ptr role;
  std::string temporary_directory;
  /// Where tasks are done that this process cannot do: on other hosts, as other
  /// users.
  std::shared_ptr<connections> lines;
  int verbosity = 0;
  /// What nothing that is shown or kept may hold; null: nothing.
  std::shared_ptr<const redactor> secrets;
  /// The files whose inclusion led here, the outermost first; empty for the
  /// plan itself.
  std::vector<std::string> included;
  /// The ids of the tasks that included them.
  std::vector<std::string> included_by;
  /// What those were told, with their items; 0: the plan itself.
  uint64_t told_by_inclusion = 0;
  /// Tasks that all inclusions of the run have added.
  std::shared_ptr<std::atomic<uint64_t>> included_tasks
    = std::make_shared<std::atomic<uint64_t>>(0);
  /// The roles that the play has begun on this host; null: none can be.
  std::shared_ptr<role_memory> roles;

  /// The name of the host that this is the run of.
  const std::string& own_name() const {
    return host_name.empty() ? what->host : host_name;
  }
};

using context_ptr = std::shared_ptr<const run_context>;

} // namespace troupe
