#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// `own` and the arguments that every file module takes: mode, owner, group,
/// attributes, the SELinux ones and unsafe_writes.
std::vector<argument> with_file_arguments(std::vector<argument> own);

/// How a path shall be, from the arguments of a file module.
struct wanted_attributes {
  /// Octal or symbolic; depends on what is there.
  value mode;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  /// chattr(1) letters behind `+`, `-` or `=`.
  std::string flags;
  /// The parts of an SELinux label that were asked for.
  std::vector<std::optional<std::string>> label;
  bool in_place_if_needed = false;

  bool empty() const {
    return mode.is_null() && !uid && !gid && flags.empty() && label.empty();
  }
};

/// Reads and resolves the arguments of `with_file_arguments`; an account that
/// does not exist is an error.
result<wanted_attributes> read_file_arguments(const arguments& args,
                                              const module_context& ctx);

/// What a new or replaced file shall get: the mode that `wanted` makes of
/// `current` (absent: a new file of default mode).
result<file_attributes>
attributes_for(const wanted_attributes& wanted,
               const std::optional<file_status>& current,
               const module_context& ctx, bool is_directory = false);

/// Makes `path`, which has `status`, as wanted. Says whether something was
/// (or in check mode would be) changed and notes it in `out.diff`.
result<bool> apply_attributes(const std::string& path,
                              const file_status& status,
                              const wanted_attributes& wanted, bool follow,
                              const module_context& ctx, module_result& out);

/// The same for a path that is free of links: one that someone puts in the way
/// meanwhile is a failure.
result<bool> apply_attributes_below(const std::string& path,
                                    const file_status& status,
                                    const wanted_attributes& wanted,
                                    const module_context& ctx,
                                    module_result& out);

/// Adds what Ansible reports of a path: uid, gid, owner, group, mode, state,
/// size (and secontext where files are labelled).
void add_path_info(module_result& out, const std::string& path,
                   const file_status& status, const module_context& ctx);

/// The same for a path that may be missing.
void add_path_info(module_result& out, const std::string& path,
                   const module_context& ctx);

/// "file", "directory", "link" or "hard", as Ansible calls it.
const char* state_name(const file_status& status);

/// Notes in a result's diff in which of owner, group and mode a path differs.
void note_differences(module_result& out, const file_status& before,
                      const file_status& after);

/// Puts `name` into the `before` and `after` dicts of a result's diff.
void note_difference(module_result& out, std::string_view name, value before,
                     value after);

} // namespace troupe
