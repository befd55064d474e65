#pragma once

#include <string>
#include <vector>

namespace troupe {

/// Variables that lie where those of groups, or of hosts, are looked for, and
/// that nobody reads: there is no group or host of their name.
struct stray_variables {
  /// The file, or the folder of files.
  std::string path;
  std::string name;
  bool of_group = false;
  /// Groups or hosts that have no variables in the same folder.
  std::vector<std::string> without;
};

} // namespace troupe
