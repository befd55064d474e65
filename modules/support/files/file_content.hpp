#pragma once

#include "modules/module.hpp"
#include "modules/support/files/file_attributes.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// One file that shall have a content: what `copy`, `template` and the editing
/// modules end in.
struct content_request {
  std::string dest;
  /// The content, unless `source` names a file that has it.
  std::string_view content;
  std::string source;
  wanted_attributes attributes;
  bool backup = false;
  /// Replace a file whose content differs; false: only create.
  bool force = true;
  /// Write through a symbolic link instead of replacing it.
  bool follow = false;
  /// A command with `%s` that judges the new content before it counts.
  std::string validate;
  /// What the new side of a diff is called; the path when empty.
  std::string diff_name;
};

/// Reads the arguments that all modules share which write a content: the file
/// attributes, backup, force, follow, validate.
result<content_request> read_content_arguments(const arguments& args,
                                               const module_context& ctx);

/// Makes the file as requested and reports it as Ansible's `copy` does: dest,
/// checksum, md5sum, src, backup_file, mode, owner, ... Compares first, and
/// stops there in check mode.
module_result write_content(const content_request& request,
                            const module_context& ctx);

} // namespace troupe
