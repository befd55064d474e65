#include "actors/simulate/host_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

machine_profile machine_of(const char* family) {
  machine_profile out;
  out.family = family;
  out.has_all_packages = true;
  out.quickest = std::chrono::milliseconds{5};
  out.slowest = std::chrono::milliseconds{300};
  return out;
}

const std::vector<host_profile>& all_profiles() {
  static const auto all = [] {
    std::vector<host_profile> out{
      {"debian", "Debian 12", machine_of("debian")},
      {"ubuntu", "Ubuntu 22.04", machine_of("ubuntu")},
      {"alma", "AlmaLinux 9, with dnf and systemd", machine_of("alma")},
      {"alpine", "Alpine 3.18, with apk and OpenRC", machine_of("alpine")},
      {"small", "Debian 12 with one core, 512 MiB and a slow disk",
       machine_of("debian")},
      {"broken",
       "Debian 12 on which programs and changes of files fail now "
       "and then",
       machine_of("debian")},
    };
    auto& small = out[out.size() - 2].machine;
    small.small = true;
    small.quickest = std::chrono::milliseconds{50};
    small.slowest = std::chrono::seconds{3};
    auto& broken = out.back().machine;
    broken.program_faults = 0.03;
    broken.file_faults = 0.03;
    return out;
  }();
  return all;
}

} // namespace

const host_profile* find_profile(std::string_view name) {
  auto& all = all_profiles();
  auto at = std::find_if(all.begin(), all.end(),
                         [&](auto& each) { return each.name == name; });
  return at == all.end() ? nullptr : &*at;
}

std::vector<std::string> profile_names() {
  std::vector<std::string> out;
  for (auto& each : all_profiles())
    out.push_back(each.name);
  return out;
}

std::string describe_profiles() {
  std::string out;
  for (auto& each : all_profiles())
    out += fmt::format("{:<8} {}\n", each.name, each.summary);
  return out;
}

} // namespace troupe
