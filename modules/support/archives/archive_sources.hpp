#pragma once

#include "modules/module.hpp"

#include <set>
#include <string>
#include <vector>

namespace troupe {

/// What an archive is to be made of.
struct archive_sources {
  /// The paths that were named, without patterns.
  std::vector<std::string> paths;
  std::vector<std::string> missing;
  std::vector<std::string> excluded;
  /// The folder in which the names of entries begin.
  std::string root;
  /// Names of all entries below `root`, in order, folders with a slash.
  std::vector<std::string> names;
  /// A folder or several paths were named.
  bool is_tree = false;
  /// Something in a folder was left out.
  bool is_partial = false;
};

/// Finds them: `path`, `exclude_path` and `exclusion_patterns` of a task, but
/// for the archive itself. More than a million entries are an error.
result<archive_sources> find_archive_sources(const arguments& args,
                                             const std::string& dest,
                                             const module_context& ctx);

} // namespace troupe
