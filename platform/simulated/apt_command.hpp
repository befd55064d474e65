#pragma once

#include "platform/simulated/simulated_packages.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// Options that change nothing here: there is nobody to ask, nothing is held
// back, and packages need no others.
inline constexpr std::array<std::string_view, 14> options_without_effect{
  "--yes",
  "-y",
  "-q",
  "-qq",
  "--allow-downgrades",
  "--allow-remove-essential",
  "--allow-change-held-packages",
  "--allow-unauthenticated",
  "--with-new-pkgs",
  "--auto-remove",
  "--fix-broken",
  "--no-install-recommends",
  "--no-remove",
  "--"};

/// A command of apt-get, taken apart.
struct apt_command {
  std::string verb;
  std::vector<std::string> names;
  bool simulates = false;
  bool purges = false;
  bool only_upgrades = false;
  /// An option that is not known here.
  std::string unknown;

  apt_command() = default;

  explicit apt_command(const process_spec& spec) {
    for (size_t i = 1; i < spec.argv.size(); ++i)
      if (auto& word = spec.argv[i]; word == "-o" || word == "-t")
        ++i;
      else
        take(word);
    if (verb == "purge") {
      verb = "remove";
      purges = true;
    }
  }

private:
  void take(const std::string& word) {
    auto& harmless = options_without_effect;
    if (word == "--simulate" || word == "-s")
      simulates = true;
    else if (word == "--purge")
      purges = true;
    else if (word == "--only-upgrade")
      only_upgrades = true;
    else if (std::find(harmless.begin(), harmless.end(), word)
             != harmless.end())
      return;
    else if (word.starts_with('-'))
      unknown = word;
    else if (verb.empty())
      verb = word;
    else
      names.push_back(word);
  }
};

} // namespace troupe
