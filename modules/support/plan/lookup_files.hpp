#pragma once

#include "config/value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A file, or a pattern of files, that a lookup reads.
struct looked_up_file {
  std::string name;
  /// The folder beside the plan in which such files are.
  std::string kind;
  bool pattern = false;
  /// A template, which may refer to others.
  bool is_template = false;
};

/// Whether a lookup reads files that lie beside the plan.
bool looks_up_files(std::string_view lookup);

/// The files that a lookup with these terms and options may read; those that
/// are not there are passed over where it runs, or fail there. `below`: where
/// `first_found` looks.
std::vector<looked_up_file> files_of_lookup(std::string_view lookup,
                                            const list& terms,
                                            const dict& options,
                                            const std::string& below = "files");

} // namespace troupe
