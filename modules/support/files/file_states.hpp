#pragma once

#include "modules/module.hpp"
#include "modules/support/files/file_attributes.hpp"

#include <optional>
#include <string>

namespace troupe {

/// What one of a path's two times shall be.
struct wanted_time {
  /// Leave it as it is.
  bool keep = true;
  /// Seconds since the epoch; absent: now.
  std::optional<double> seconds;
};

/// A task of the `file` module.
struct file_task {
  std::string path;
  std::string src;
  bool has_src = false;
  wanted_attributes attributes;
  wanted_time accessed;
  wanted_time modified;
  bool recurse = false;
  bool force = false;
  bool follow = true;
};

module_result ensure_file(const file_task& task, const module_context& ctx);
module_result ensure_directory(const file_task& task,
                               const module_context& ctx);
module_result ensure_touched(const file_task& task, const module_context& ctx);
module_result ensure_absent(const file_task& task, const module_context& ctx);
module_result ensure_link(const file_task& task, const module_context& ctx);
module_result ensure_hard_link(const file_task& task,
                               const module_context& ctx);

/// "absent", "file", "directory", "link" or "hard": what `path` is now.
result<std::string> current_state(const std::string& path,
                                  const module_context& ctx);

/// Notes in the result's diff, and for check mode, what becomes of a path.
void note_state(module_result& out, const file_task& task,
                std::string_view before, std::string_view after,
                const module_context& ctx);

/// Applies attributes and times to `path` (what a link there points to, when
/// `task.follow`). Says whether something is different.
result<bool> apply_all(const std::string& path, const file_task& task,
                       const module_context& ctx, module_result& out);

} // namespace troupe
