#include "actors/cli/fleet/simulate_options.hpp"
#include "config/plan/plan_reader.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// The profile that the inventory says for a host.
std::function<std::string(const std::string&)>
said_by(const std::shared_ptr<playbook_hosts>& hosts, std::string folder) {
  return [hosts, folder = std::move(folder)](const std::string& host) {
    std::string out;
    auto layers = hosts->names_of(host, folder);
    if (layers)
      for (auto& each : *layers)
        if (auto* x = each.find("simulated_profile"))
          out = std::string{x->text_or("")};
    return out;
  };
}

bool has_known_profiles(const simulation_setting& what, command_line& line) {
  if (!what.profile_said)
    return true;
  for (auto& host : what.hosts)
    if (auto said = what.profile_said(host);
        !said.empty() && !find_profile(said)) {
      line.fail(exit_code::invalid_plan,
                fmt::format("the variable simulated_profile of '{}': there is "
                            "no profile '{}'; there are {}",
                            host, said, fmt::join(profile_names(), ", ")));
      return false;
    }
  return true;
}

/// How many of the hosts that nobody has named are simulated.
unsigned simulated_of(const simulate_options& given) {
  constexpr unsigned usual_hosts = 100;
  constexpr unsigned usual_sample = 5000;
  auto all = given.hosts.value_or(usual_hosts);
  auto most = given.sample.value_or(
    all > simulation_setting::most_simulated ? usual_sample : all);
  return std::min(all, most);
}

} // namespace

bool choose_hosts(const simulate_options& given, asked_run& asked,
                  simulation_setting& to, command_line& line) {
  auto count = simulated_of(given);
  auto document = parse_plan(asked.found.whole.text, asked.found.whole.source);
  bool playbook = asked.request.hosts || (document && is_playbook(*document));
  if (asked.request.hosts && (given.hosts || given.sample)) {
    line.fail(
      exit_code::usage,
      fmt::format("{} and {} exclude each other: the hosts are made, "
                  "or those of an inventory",
                  given.hosts ? "--hosts" : "--sample",
                  given.run.hosts.inventories.empty() ? "--limit" : "-i"));
    return false;
  }
  if (!playbook) {
    for (unsigned i = 1; i <= count; ++i)
      to.hosts.push_back(fmt::format("host-{}", i));
    return true;
  }
  if (asked.request.hosts) {
    to.profile_said
      = said_by(asked.request.hosts, parent_of(asked.found.whole.source));
  } else {
    auto made = make_hosts(line.machine, count, groups_in(*document));
    if (!made) {
      line.fail(exit_code::usage, made.why().message);
      return false;
    }
    asked.request.hosts = *made;
  }
  asked.request.conducted = true;
  auto all = asked.request.hosts->chosen({"all"});
  if (!all) {
    line.fail(exit_code::invalid_plan, all.why().message);
    return false;
  }
  to.hosts = std::move(*all);
  if (to.hosts.size() > simulation_setting::most_simulated) {
    line.fail(exit_code::usage,
              fmt::format("the inventory has {} hosts, and {} at most are "
                          "simulated: choose some with --limit",
                          to.hosts.size(), simulation_setting::most_simulated));
    return false;
  }
  return has_known_profiles(to, line);
}

} // namespace troupe
