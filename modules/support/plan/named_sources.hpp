#pragma once

#include "config/language/language.hpp"
#include "config/value/value.hpp"

#include <string_view>
#include <vector>

namespace troupe {

/// Whether what an argument names lies beside the plan.
enum class source_side : uint8_t {
  plan,
  host,
  /// Known only when the task runs.
  open,
};

/// A value of a task's arguments that names a file or folder.
struct named_source {
  const value* given = nullptr;
  /// The folder beside the plan where such files are.
  std::string_view kind;
  source_side side = source_side::plan;
  /// Only the first word is a name.
  bool first_word = false;
  /// A template whose marks the arguments say.
  bool own_marks = false;
};

/// Whether arguments or options say what the marks of a template are, such as
/// `variable_start_string`.
bool has_own_marks(const dict& args);

/// What the arguments of a module name; `args` must stay where they are.
std::vector<named_source> sources_named_by(std::string_view module,
                                           const dict& args);

} // namespace troupe
