#pragma once

#include "modules/module.hpp"
#include "modules/support/files/file_content.hpp"

#include <string>
#include <vector>

namespace troupe {

/// A folder to copy.
struct tree_request {
  std::string source;
  /// `dest` is the folder that corresponds to `source`; the rest holds for
  /// each file.
  content_request file;
  bool local_follow = true;
  bool decrypt = true;
  /// What is in folders that were missing has the modes of the source, unless
  /// others are asked for, as Ansible has it with `remote_src`.
  bool keeps_modes = false;
  /// For `directory_mode`, owner and group of folders.
  const troupe::arguments* arguments = nullptr;
};

/// Copies what is below a folder; what is more at the target stays.
module_result copy_tree(tree_request request, const module_context& ctx);

/// Creates a folder for a copy, with `directory_mode`, owner and group.
/// Returns the folders that were missing.
result<std::vector<std::string>> make_copy_folders(const std::string& path,
                                                   const arguments& args,
                                                   const module_context& ctx);

} // namespace troupe
