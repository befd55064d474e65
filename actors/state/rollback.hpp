#pragma once

#include "actors/messages.hpp"
#include "actors/run/run_context.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe {

/// The name of the engine's own module that undoes what one task changed in
/// files; no plan can use it.
inline constexpr const char* undo_module_name = "undo";

/// What the ids of the tasks of a rollback begin with.
inline constexpr const char* rollback_prefix = "rollback:";

/// The tasks and handlers of a play, by what the journal calls them. The play
/// must outlive this.
class play_tasks {
public:
  explicit play_tasks(const play& what);

  /// Null: it is not in the plan, or of another play.
  const task* find(const std::string& id) const;

  /// Whether this play, or what it has included, has left that job in the
  /// background.
  bool has_left(const std::string& job) const;

private:
  const play& what_;
  std::unordered_map<std::string, const task*> mine_;
};

/// What has to run in order to take back what a play did, the last task first:
/// for each task that changed something its `rollback` list and what the undo
/// log has of it.
block rollback_steps(const play& what, const run_snapshot& now,
                     const run_context& ctx);

/// The module behind `undo_module_name`; reads the journal in `run_folder`.
/// `again`: the run has died while it took back what it had done.
std::shared_ptr<const task_module> make_undo_module(std::string run_folder,
                                                    bool again);

} // namespace troupe
