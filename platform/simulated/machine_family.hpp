#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What a distribution is on a simulated machine.
struct machine_family {
  using texts = std::vector<std::pair<std::string, std::string>>;

  std::string name;
  /// Of /etc/os-release, and other files with the version.
  texts os_release;
  texts version_files;
  std::string kernel;
  /// What manages services: "systemd" or "openrc".
  std::string init;
  /// "apt", "dnf" or "apk".
  std::string package_manager;
  /// Those that run from the beginning.
  std::vector<std::string> services;
  /// What there is besides.
  std::vector<std::string> folders;
  std::vector<std::string> files = {};
};

/// All that there are; the first is Debian.
std::span<const machine_family> machine_families();

/// The one of a name; Debian when there is none.
const machine_family& family_named(std::string_view name);

} // namespace troupe
