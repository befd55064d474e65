#pragma once

#include "actors/run/run_context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Tasks from a file, ready to run.
struct inclusion {
  std::string file;
  block tasks;
  /// The run's, with the modules of these tasks and the file's folder first
  /// among those that are searched.
  context_ptr ctx;
};

/// Files that include each other are at most so many levels deep.
constexpr size_t deepest_inclusion = 100;

/// The first place where a file of tasks is: beside the including file, below
/// the plan's folder, or in `tasks` there. Empty when it is nowhere.
std::string find_included(const std::string& file,
                          const std::vector<std::string>& search_path,
                          file_system& files);

/// Reads a list of tasks for `include_tasks` and `import_tasks` from `files`:
/// beside the
/// including file, below the plan's folder or in its `tasks`. The ids in it
/// get `prefix`, so that the same file can be included more than once. An
/// error lists everything that is wrong with the file. Inclusions that are too
/// deep, or that add more tasks to a run than `plan_task_limit`, are refused.
/// `task`: the id of the one that includes it.
result<std::shared_ptr<const inclusion>>
read_inclusion(const std::string& file, const std::string& prefix,
               const run_context& ctx, const std::string& task,
               file_system& files);

} // namespace troupe
