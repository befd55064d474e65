#pragma once

#include "config/language/language.hpp"
#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "config/plan/task_source.hpp"
#include "config/settings.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Looks at every task of a plan before anything runs: checks it, finds its
/// module, and notes what the run has to know.
class plan_surveyor {
public:
  plan_surveyor(const language& templates, const module_registry& known,
                std::vector<std::string> custom_folders, host& machine,
                problems& out)
      : templates_{templates}, known_{known},
        custom_folders_{std::move(custom_folders)}, machine_{machine}, out_{
                                                                         out} {
  }

  /// Looks at a plan that is in memory, and notes whose modules it means.
  void look_at(plan& p);

  /// Makes `tasks` the body of the only play of `p`, in the order in which
  /// they can run. A plan that cannot be streamed after all (it has blocks,
  /// it may have to be rolled back) is a problem too.
  void stream(plan& p, const std::shared_ptr<task_source>& tasks,
              const settings& options);

  /// What `stream` found out, for `restore`; empty when it was not called.
  const std::string& notes() const {
    return notes_;
  }

  /// Does what `stream` did, from its notes on the same plan: the tasks are
  /// not looked at again, only their modules. False when these are no such
  /// notes.
  bool restore(plan& p, const std::shared_ptr<task_source>& tasks,
               const settings& options, std::string_view notes);

  /// Whether the plan may look at facts: by their names, or through template
  /// files, which can use any.
  bool wants_facts() const {
    return wants_facts_;
  }

  /// What is no reason to refuse the plan: tasks fail that come to it.
  const problems& foreseen() const {
    return later_;
  }

  /// What is no reason to refuse a playbook either: a task that changes
  /// something fails when it then notifies a handler that is not there.
  const problems& unheard() const {
    return unheard_;
  }

  module_table take_modules() {
    return std::move(modules_);
  }

private:
  const language& templates_;
  const module_registry& known_;
  std::vector<std::string> custom_folders_;
  host& machine_;
  problems& out_;
  module_table modules_;
  problems later_;
  problems unheard_;
  bool wants_facts_ = false;
  std::string notes_;

  /// Wrong arguments of a playbook are the failures of its tasks.
  void foretell(const plan& p);

  void put_in(plan& p, const std::shared_ptr<task_source>& tasks, bool graph,
              std::vector<uint32_t> order);
};

} // namespace troupe
