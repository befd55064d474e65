#pragma once

#include <string_view>

namespace troupe {

/// An argument that names something beside the plan.
struct source_argument {
  std::string_view module;
  std::string_view argument;
  /// The folder beside the plan where such files are.
  std::string_view kind;
  /// What `remote_src` is when the plan does not say.
  bool remote = false;
  /// Only the first word is a name; the rest are arguments.
  bool first_word = false;
};

/// All of them, for packing what a plan refers to.
inline constexpr source_argument source_arguments[] = {
  {.module = "copy", .argument = "src", .kind = "files"},
  {.module = "template", .argument = "src", .kind = "templates"},
  {.module = "unarchive", .argument = "src", .kind = "files"},
  {.module = "uri", .argument = "src", .kind = "files"},
  {.module = "assemble", .argument = "src", .kind = "files", .remote = true},
  {.module = "script",
   .argument = "_raw_params",
   .kind = "files",
   .first_word = true},
  {.module = "script", .argument = "cmd", .kind = "files", .first_word = true},
  {.module = "include_vars", .argument = "file", .kind = "vars"},
  {.module = "include_vars", .argument = "_raw_params", .kind = "vars"},
  {.module = "include_vars", .argument = "dir", .kind = "vars"},
  {.module = "include_tasks", .argument = "file", .kind = "tasks"},
  {.module = "include_tasks", .argument = "_raw_params", .kind = "tasks"},
  {.module = "import_tasks", .argument = "file", .kind = "tasks"},
  {.module = "import_tasks", .argument = "_raw_params", .kind = "tasks"},
  {.module = "apt", .argument = "deb", .kind = "files"},
};

} // namespace troupe
