#pragma once

#include "config/plan/plan_reader.hpp"
#include "config/plan/task_source.hpp"

#include <memory>
#include <string>

namespace troupe {

/// A plan whose list of tasks was left in its file.
struct streamed_plan {
  std::string path;
  /// The document with an empty list of tasks.
  value root;
  /// SHA-256 of the whole text, hexadecimal.
  std::string digest;
  std::shared_ptr<task_source> tasks;
};

/// Looks through a plan of the shape FLAT or MINI (`{"tasks": [...]}`) in
/// JSON without keeping its tasks. An error when the file is of another kind,
/// or anything in it is not as it should be: then reading the plan as a whole
/// tells what. The tasks themselves are not looked into.
result<streamed_plan> stream_plan(const std::string& path,
                                  const plan_limits& limits);

} // namespace troupe
