#pragma once

#include "modules/support/packages/package_tool.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// "nginx=1.18*", "nginx>=1.2" or "nginx:arm64" taken apart.
struct apt_name {
  std::string name;
  /// "", "=" or ">=".
  std::string relation;
  std::string version;
  std::string written;
};

apt_name parse_apt_name(const std::string& written);

/// What dpkg and the lists of apt say of a package.
struct apt_status {
  /// A version is installed and configured.
  bool installed = false;
  /// Removed, but its configuration is still there.
  bool leftover = false;
  std::string version;
  std::string candidate;
  /// Some list has it, or another package provides it.
  bool known = false;
  std::vector<std::string> versions;
};

/// What dpkg's own file says of packages, if they are all installed; absent
/// when one is not, or when only dpkg can tell: of patterns, of names with an
/// architecture or of several, and while dpkg has not finished writing.
std::optional<std::map<std::string, apt_status>>
all_installed(const module_context& ctx, const std::vector<std::string>& names);

/// Asks dpkg-query for all packages in one go, patterns expanded; names that
/// it does not know are absent. No program is run for what `all_installed`
/// knows.
result<std::map<std::string, apt_status>>
query_dpkg(const package_tool& tool, const std::vector<std::string>& names,
           const module_context& ctx);

/// Adds candidate and versions from the lists of apt.
result<void> query_lists(const package_tool& tool,
                         std::map<std::string, apt_status>& packages);

/// Whether `version` is what `wanted` asks for.
result<bool> version_fits(const package_tool& tool, const apt_name& wanted,
                          const std::string& version);

} // namespace troupe
