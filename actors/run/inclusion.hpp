#pragma once

#include "actors/run/run_context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Tasks from a file, ready to run.
struct inclusion {
  std::string file;
  /// Nothing is in the file, not even an empty list.
  bool blank = false;
  /// `file` is the name of a role.
  bool of_role = false;
  block tasks;
  /// The run's, with the modules of these tasks and the file's folder first
  /// among those that are searched.
  context_ptr ctx;
};

/// What a task wants to include.
struct inclusion_request {
  /// The file of tasks.
  std::string file;
  /// All of its arguments, evaluated; null: it has no others.
  const arguments* args = nullptr;
  /// In front of the ids.
  std::string prefix;
  /// The task's id.
  std::string task;
  /// What it is told, with its item; 0: nobody asks.
  uint64_t definition = 0;
  /// The file that the task stands in, which may have been imported; empty:
  /// not known.
  std::string from = {};
  /// Whose roles come first: names of collections.
  std::vector<std::string> collections = {};
};

/// Files that include each other are at most so many levels deep.
constexpr size_t deepest_inclusion = 100;

/// The first place where a file of tasks is: beside the including file, below
/// the plan's folder, or in `tasks` there. Empty when it is nowhere.
std::string find_included(const std::string& file,
                          const std::vector<std::string>& search_path,
                          file_system& files);

/// Reads a list of tasks for `include_tasks` and `import_tasks`, beside the
/// file that the task stands in, beside those that have included it, below the
/// plan's folder or in its `tasks`; for `include_role` those of a role. The ids
/// in it get `prefix`, so that the same file can be included more than once. An
/// error lists everything that is wrong with the file. Inclusions that are too
/// deep, or that add more tasks to a run than `plan_task_limit`, are refused.
result<std::shared_ptr<const inclusion>>
read_inclusion(const inclusion_request& what, const run_context& ctx,
               host& machine);

} // namespace troupe
