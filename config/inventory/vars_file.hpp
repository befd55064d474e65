#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;
class vault;

/// How variables are read.
struct vars_reading {
  /// Opens what is encrypted; null: a file is an error, a single value has no
  /// value.
  const vault* secrets = nullptr;
  /// Single encrypted values stay as they are: `{"__ansible_vault": TEXT}`.
  bool keep = false;
  /// Gets a sentence for each key that is there twice in a file that is not
  /// encrypted; null: nobody wants to know.
  std::vector<std::string>* twice = nullptr;
  /// Such a key is an error.
  bool refuses_twice = false;
};

/// What stands in a file of variables (`group_vars`, `vars_files` and the
/// like), JSON or YAML, encrypted as a whole or in single values: a dict, an
/// empty one for an empty file. Every key and value knows its place. The error
/// names file, line and column.
result<dict> read_vars_file(host& machine, const std::string& path,
                            const vars_reading& how);

/// The same of a text that is known; `path` is its name in messages.
result<dict> read_vars_text(std::string_view text, const std::string& path,
                            const vars_reading& how);

/// A document, of which nothing more is asked; null for an empty one.
result<value> read_vars_document(std::string_view text, const std::string& path,
                                 const vars_reading& how);

/// Whose variables an entry of a folder of variables holds, by its name; empty:
/// nobody's, as of hidden files, backups, and those with other endings.
std::string_view vars_owner(std::string_view entry);

/// The files that hold the variables of `name` in a folder, in the order in
/// which they count: `name` itself, or the first of `name.yml`, `name.yaml` and
/// `name.json`. Of a folder of that name all files below that have one of these
/// endings or none, but hidden ones and backups (`~`). Empty: there are none.
result<std::vector<std::string>> find_vars_files(host& machine,
                                                 const std::string& folder,
                                                 std::string_view name);

} // namespace troupe
