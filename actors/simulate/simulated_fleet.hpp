#pragma once

#include "actors/remote/connections.hpp"
#include "actors/run/job.hpp"
#include "actors/simulate/behaviours.hpp"
#include "actors/simulate/host_profiles.hpp"
#include "actors/simulate/task_names.hpp"
#include "platform/simulated/chance.hpp"
#include "platform/simulated/simulated_machine.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// What the hosts of a simulation are, and what befalls them.
struct fleet_setting {
  uint64_t seed = 0;
  /// The profile of a host by its name.
  std::function<const host_profile&(const std::string& host)> profile_of;
  behaviours table;
  /// The part of tasks that fail on a host, and that of single tasks, by what
  /// people know them by: name, id, or module.
  double fails = 0;
  std::vector<std::pair<std::string, double>> task_fails;
  /// The part of hosts that cannot be reached.
  double unreachable = 0;
  /// How long a call is on its way, both ways together.
  time_range latency{std::chrono::milliseconds{5},
                     std::chrono::milliseconds{60}};
  /// What becomes of programs that nobody knows.
  bool unknown_fails = false;
};

/// A program, or a module of its own, that no simulated host knows.
struct unknown_use {
  /// The command line, cut when it is long.
  std::string what;
  uint64_t times = 0;
  /// Where it was first: the host that its task was for, and the task as people
  /// know it.
  std::string host;
  std::string task;
};

/// The simulated hosts of one run, made when they are first needed, and what
/// calls do on them. For one thread.
class simulated_fleet final : public host_calls {
public:
  /// @param control where the plan is
  simulated_fleet(fleet_setting setting,
                  std::shared_ptr<simulated_machine> control,
                  std::shared_ptr<simulated_clock> clock,
                  std::shared_ptr<task_names> tasks);

  /// Where hosts see the files of the machine of the plan, and their calls have
  /// temporary files.
  static inline const std::string control_folder = "/.controller";
  static inline const std::string call_folder = "/tmp/.troupe";

  job_result call(const job& what, const job_environment& environment) override;

  std::optional<module_result> begins_here(const job& what) override;

  /// The same for a host on which the plan itself is: nothing is on its way.
  job_result call_at(const std::string& host, const job& what,
                     const job_environment& environment);

  /// The host of a name.
  std::shared_ptr<simulated_machine> machine(const std::string& host);

  /// What nobody may read, in command lines either; null: nothing.
  void hide(std::shared_ptr<const redactor> secrets) {
    secrets_ = std::move(secrets);
  }

  /// Lets a host see the folder of the plan at the same place.
  void show_plan(simulated_machine& to, const std::string& folder);

  /// What was not known, in the order in which it was met; so many at most, the
  /// rest is only counted in the last, whose command line is empty.
  static constexpr size_t most_unknown = 1'000;
  const std::vector<unknown_use>& unknown() const {
    return unknown_;
  }

private:
  struct member {
    std::string name;
    const host_profile* profile = nullptr;
    std::shared_ptr<simulated_machine> machine;
    bool unreachable = false;
    /// It has been connected to.
    bool met = false;
    /// What tasks that only predict have predicted; null: nothing yet.
    std::shared_ptr<prediction> predicted;
  };

  member& member_of(const std::string& host);
  std::shared_ptr<simulated_machine> make(const std::string& host,
                                          const host_profile& profile);
  /// The files that all of a profile begin with.
  simulated_machine& scene_of(const host_profile& profile);
  void set_scene(simulated_machine& on, const std::string& profile) const;
  simulated_processes::table_answer answer(const std::string& host,
                                           const std::string& profile,
                                           const process_spec& spec,
                                           const std::string& line);
  /// The row for a command line; null: none.
  const behaviours::program* row_for(const std::string& profile,
                                     const std::string& line, bool usual) const;
  std::optional<program_answer> judge(const std::string& host,
                                      const std::string& profile,
                                      const std::string& line,
                                      std::optional<program_answer> said);
  void note_unknown(const std::string& host, std::string what);
  std::chrono::nanoseconds drawn(const time_range& from,
                                 const std::string& key);
  /// Whether a host whose tasks are done on the plan's machine is to be out of
  /// reach: one that the inventory names, by a connection that is local.
  bool is_away_here(const std::string& host, const job& what);
  /// Why the call fails before it begins; absent: it does not.
  std::optional<module_result> fate_of(const std::string& host,
                                       const job& what);
  module_result call_on(member& on, const job& what,
                        const job_environment& environment);
  module_result external(member& on, const job& what);
  module_result restart(member& on, const job& what);
  module_result bring_home(member& on, const job& what,
                           const job_environment& environment);
  module_result run_on(member& on, job what,
                       const job_environment& environment);

  fleet_setting setting_;
  std::shared_ptr<simulated_machine> control_;
  std::shared_ptr<simulated_clock> clock_;
  std::shared_ptr<task_names> tasks_;
  seeded_chance chance_;
  std::map<std::string, member> members_;
  std::map<std::string, std::shared_ptr<simulated_machine>> scenes_;
  std::vector<unknown_use> unknown_;
  std::map<std::string, size_t> unknown_at_;
  std::shared_ptr<const redactor> secrets_;
  // The call that is under way: its task, the host that the task is for (empty:
  // the one it is done on), and whether it is under `no_log`.
  struct {
    std::string task;
    std::string host;
    bool censored = false;
  } now_;
};

} // namespace troupe
