#pragma once

#include "actors/simulate/simulation_report.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A run that is to be simulated.
struct simulation_setting {
  /// A simulation is about so many hosts at most, and so many of them are there
  /// in memory.
  static constexpr unsigned most_hosts = 100'000;
  static constexpr unsigned most_simulated = 10'000;

  fleet_setting fleet;
  /// Of how many hosts at once a playbook's tasks are done.
  unsigned forks = 5;
  /// Profiles that hosts have in turn, unless `profile_said` names one.
  std::vector<std::string> profiles{"debian"};
  /// The hosts that there are at the beginning, in their order.
  std::vector<std::string> hosts;
  /// The profile that an inventory says for a host; empty: none.
  std::function<std::string(const std::string& host)> profile_said;
};

/// One simulation: hosts in memory, and a run over them in virtual time.
class simulation {
public:
  /// @param machine this one: its files are read as far as the plan needs them,
  /// and nothing else of it is
  simulation(simulation_setting setting, std::shared_ptr<host> machine);

  /// The machine of the plan in the simulation: with the files of this one, of
  /// which nothing is changed.
  std::shared_ptr<host> control() const {
    return control_;
  }

  /// Runs a plan that was prepared for `control()`, with the hosts of the
  /// setting unless it brings its own.
  run_outcome run(prepared_run what,
                  std::vector<std::shared_ptr<event_writer>> writers);

  const simulation_tally& tally() const {
    return *tally_;
  }
  const simulated_fleet& fleet() const {
    return *fleet_;
  }

private:
  const host_profile& profile_of(const std::string& host);

  simulation_setting setting_;
  std::shared_ptr<host> machine_;
  std::shared_ptr<simulated_clock> clock_;
  std::shared_ptr<simulated_machine> control_;
  std::shared_ptr<task_names> names_;
  std::shared_ptr<simulated_fleet> fleet_;
  std::shared_ptr<simulation_tally> tally_;
  std::map<std::string, const host_profile*> profiles_;
};

/// Hosts of an inventory that nobody has written: `host-1` and so on, in the
/// group `simulated` and in every group that `groups` names.
result<std::shared_ptr<playbook_hosts>>
make_hosts(const std::shared_ptr<host>& machine, unsigned count,
           const std::vector<std::string>& groups);

/// The groups that the plays of a playbook are for, as far as they are named
/// one by one.
std::vector<std::string> groups_in(const value& playbook);

} // namespace troupe
