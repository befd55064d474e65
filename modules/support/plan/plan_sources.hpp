#pragma once

#include "config/language/language.hpp"
#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "modules/module.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A file that a plan needs beside it.
struct plan_source {
  /// Where it is.
  std::string path;
  /// Where it belongs: the same path, except for what was found in the
  /// working folder, which belongs beside the plan.
  std::string place;
};

/// What a plan refers to, as far as that is known before it runs.
struct plan_sources {
  /// Files by their place.
  std::map<std::string, std::string> files;
  /// Places of folders without anything in them.
  std::vector<std::string> empty_folders;
  /// What could not be found or must not be packed, with the task's name.
  problems missing;
  /// Those of them that are nowhere, without the task's name.
  problems absent;
  /// Why templates among them are none, at the place in their own files.
  problems broken_templates;
  /// What cannot be known before the plan runs.
  std::vector<std::string> warnings;
};

/// How sources are looked for.
struct source_search {
  host& machine;
  const language& templates;
  const module_registry& modules;
  /// The plan's folder, absolute.
  std::string folder;
  /// Where relative names are looked for besides; absolute.
  std::string working_folder;
  dict extra_vars;
};

/// Finds what tasks and handlers take from beside the plan: `src` of copy,
/// template and their like, scripts, files of variables, custom modules; and
/// what the templates among them include. Names that hold templates are
/// evaluated with the variables of the plan; where that fails the folders
/// `files` and `templates` beside the plan count as referred to.
plan_sources find_plan_sources(const plan& p, const source_search& search);

/// A path without `.`, `..`, doubled slashes and a slash at its end.
std::string normal_place(const std::string& path);

/// Adds a file, or a folder with everything in it. Links inside a folder are
/// not followed; they are a problem that names `who`.
void add_source_tree(plan_sources& to, host& machine, const std::string& path,
                     const std::string& place, const std::string& who);

/// Names of files that template text refers to: literals behind `include`,
/// `import`, `extends` and `from`, and in lookups of files. `optional`: the
/// template goes on without it.
struct text_reference {
  std::string name;
  /// The folder beside the plan in which such files are: "templates", "files".
  std::string kind;
  bool optional = false;
};

std::vector<text_reference> references_in(std::string_view text);

} // namespace troupe
