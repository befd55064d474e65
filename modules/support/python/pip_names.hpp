#pragma once

#include "platform/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// What pip shall install: "django>=4,<5".
struct pip_requirement {
  /// As it goes to pip.
  std::string written;
  /// The name alone, in the form in which pip compares names; empty when it is
  /// an address or a file.
  std::string name;
  /// Relation and version.
  std::vector<std::pair<std::string, std::string>> versions;

  bool is_address() const;
};

/// Names as a plan has them: "a,b", or "a>1" and "<2" as two items.
std::vector<pip_requirement>
parse_pip_names(const std::vector<std::string>& names);

/// Whether a version of a package fits all that is asked of it.
bool fits_version(const pip_requirement& wanted, const std::string& version);

/// Whether "NAME==VERSION" lines of pip have what is wanted.
bool has_requirement(const std::string& listed, const pip_requirement& wanted);

} // namespace troupe
