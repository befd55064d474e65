#pragma once

#include "actors/state/run_past.hpp"

#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// The tasks behind the changes of a run. The report of each is read once: it
/// may be large, and a loop changes many paths. All take what
/// `undo_entry::task` says.
class undo_tasks {
public:
  explicit undo_tasks(const run_past& past) : past_{past} {
  }

  /// What the plan calls the task; its id when it never ended.
  const std::string& name_of(const std::string& id) {
    return known(id).name;
  }

  /// The id of the task in the plan.
  const std::string& plan_id_of(const std::string& id) {
    return known(id).plan_id;
  }

  /// Whether what it wrote may be shown. That of a report that may not show its
  /// output may not, nor that of what never ended, of which nobody knows, nor
  /// anything of a run with secrets: nobody knows them any more.
  bool may_show(const std::string& id);

  /// Why not; empty: for its no_log.
  std::string why_hidden(const std::string& id);

private:
  struct task {
    std::string name;
    std::string plan_id;
    bool ended = false;
    bool censored = false;
  };

  const task& known(const std::string& id);

  const run_past& past_;
  std::unordered_map<std::string, task> tasks_;
};

/// Leaves the changes of the tasks that were asked for, by their name or id. An
/// error when there is no such task.
result<void> choose_changes(const std::vector<std::string>& wanted,
                            const run_past& past, undo_tasks& tasks,
                            std::vector<undo_entry>& changes);

} // namespace troupe
