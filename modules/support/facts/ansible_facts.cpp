#include "modules/support/facts/ansible_facts.hpp"

#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

bool is_called(const fact_topic& topic, std::string_view name) {
  return topic.name == name
         || std::find(topic.also.begin(), topic.also.end(), name)
              != topic.also.end();
}

/// The topics behind one name of `gather_subset`; none when it is unknown.
std::vector<std::string_view> topics_named(std::string_view name) {
  std::vector<std::string_view> out;
  for (auto& topic : fact_topics())
    if (name == "all" || (name == "min" && topic.minimal)
        || is_called(topic, name))
      out.push_back(topic.name);
  return out;
}

std::vector<std::string> known_subsets() {
  std::vector<std::string> out{"all",    "min",  "local",
                               "facter", "ohai", "python"};
  for (auto& topic : fact_topics()) {
    out.emplace_back(topic.name);
    for (auto name : topic.also)
      out.emplace_back(name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Position behind a `[...]` set that begins at `at`, and whether `c` is in it.
size_t match_set(std::string_view pattern, size_t at, char c, bool& inside) {
  auto i = at + 1;
  auto negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated)
    ++i;
  auto found = false;
  for (auto first = i; i < pattern.size() && (pattern[i] != ']' || i == first);
       ++i) {
    if (i + 2 < pattern.size() && pattern[i + 1] == '-'
        && pattern[i + 2] != ']') {
      found = found || (pattern[i] <= c && c <= pattern[i + 2]);
      i += 2;
    } else {
      found = found || pattern[i] == c;
    }
  }
  if (i >= pattern.size())
    return std::string_view::npos;
  inside = found != negated;
  return i + 1;
}

} // namespace

void fact_collection::warn(std::string_view topic, const error& why) {
  warnings.push_back(
    fmt::format("the {} facts are missing: {}", topic, why.message));
}

const std::vector<fact_topic>& fact_topics() {
  static const std::vector<fact_topic> table{
    {"platform",
     collect_platform,
     true,
     {"machine_id", "architecture", "kernel", "kernel_version", "machine",
      "python_version", "system", "chroot", "is_chroot"}},
    {"distribution",
     collect_distribution,
     true,
     {"os_family", "distribution_major_version", "distribution_release",
      "distribution_version"}},
    {"lsb", collect_lsb, true},
    {"date_time", collect_date_time, true},
    {"env", collect_environment, true},
    {"python", collect_python, true},
    {"user",
     collect_user,
     true,
     {"effective_group_ids", "effective_user_id", "real_user_id", "user_dir",
      "user_gecos", "user_gid", "user_id", "user_shell", "user_uid"}},
    {"pkg_mgr", collect_package_manager, true},
    {"service_mgr", collect_service_manager, true},
    {"cmdline", collect_command_line, true, {"proc_cmdline"}},
    {"security", collect_security, true, {"apparmor", "selinux", "fips"}},
    {"system_capabilities",
     collect_capabilities,
     true,
     {"caps", "system_capabilities_enforced"}},
    {"ssh_pub_keys",
     collect_ssh_keys,
     true,
     {"ssh_host_pub_keys", "ssh_host_key_dsa_public",
      "ssh_host_key_ecdsa_public", "ssh_host_key_ed25519_public",
      "ssh_host_key_rsa_public"}},
    {"dns", collect_dns, true},
    {"loadavg", collect_load},
    {"interfaces",
     collect_network,
     false,
     {"network", "default_ipv4", "default_ipv6", "all_ipv4_addresses",
      "all_ipv6_addresses"}},
    {"processor",
     collect_processor,
     false,
     {"hardware", "processor_cores", "processor_count", "processor_vcpus",
      "processor_threads_per_core", "processor_nproc"}},
    {"memory",
     collect_memory,
     false,
     {"hardware", "memtotal_mb", "memfree_mb", "swaptotal_mb", "swapfree_mb",
      "memory_mb"}},
    {"mounts", collect_mounts, false, {"hardware"}},
    {"devices", collect_devices, false, {"hardware", "device_links"}},
    {"dmi", collect_firmware, false, {"hardware"}},
    {"lvm", collect_lvm, false, {"hardware"}},
    {"fibre_channel_wwn", collect_fibre_channel},
    {"iscsi", collect_iscsi},
    {"nvme", collect_nvme},
    {"virtual",
     collect_virtualization,
     false,
     {"virtualization_type", "virtualization_role", "virtualization_tech_guest",
      "virtualization_tech_host"}},
  };
  return table;
}

result<std::set<std::string_view>>
select_topics(const std::vector<std::string>& subsets) {
  std::set<std::string_view> wanted;
  std::set<std::string_view> refused;
  auto without_minimum = false;
  auto any_wanted = false;
  for (auto& subset : subsets) {
    auto negated = subset.starts_with("!");
    auto name = std::string_view{subset}.substr(negated ? 1 : 0);
    auto topics = topics_named(name);
    auto known = known_subsets();
    if (topics.empty()
        && std::find(known.begin(), known.end(), name) == known.end())
      return error{errc::invalid_argument,
                   fmt::format("there is no subset '{}' of facts{}; known are "
                               "{}",
                               name, did_you_mean(name, known),
                               fmt::join(known, ", "))};
    if (!negated) {
      any_wanted = true;
      wanted.insert(topics.begin(), topics.end());
    } else if (name == "all") {
      // The minimum stays, as in Ansible, until `!min` says otherwise.
      for (auto topic : topics)
        refused.insert(topic);
      for (auto topic : topics_named("min"))
        refused.erase(topic);
    } else {
      without_minimum = without_minimum || name == "min";
      refused.insert(topics.begin(), topics.end());
    }
  }
  std::set<std::string_view> explicit_topics = wanted;
  if (!any_wanted)
    for (auto topic : topics_named("all"))
      wanted.insert(topic);
  if (!without_minimum)
    for (auto topic : topics_named("min"))
      wanted.insert(topic);
  for (auto topic : refused)
    // `!all, network`: what is named stays.
    if (!explicit_topics.contains(topic)
        || std::find(subsets.begin(), subsets.end(), "all") != subsets.end())
      wanted.erase(topic);
  return wanted;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Greedy with one point of return, so that no pattern takes long.
  size_t p = 0;
  size_t t = 0;
  auto star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    auto inside = false;
    auto next = std::string_view::npos;
    if (p < pattern.size() && pattern[p] == '[')
      next = match_set(pattern, p, text[t], inside);
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (next != std::string_view::npos && inside) {
      p = next;
      ++t;
    } else if (next == std::string_view::npos && p < pattern.size()
               && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

bool passes_filter(std::string_view name,
                   const std::vector<std::string>& filters) {
  if (filters.empty())
    return true;
  return std::any_of(filters.begin(), filters.end(), [&](auto& filter) {
    return filter.empty() || filter == "*" || matches_pattern(filter, name)
           || matches_pattern("ansible_" + filter, name);
  });
}

} // namespace troupe
