#pragma once

#include "actors/fleet/fleet_messages.hpp"
#include "actors/fleet/fleet_plan.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>

namespace troupe {

struct dispatcher_setting {
  fleet_services services;
  /// How long hosts have to come back after this controller has begun, before
  /// those of earlier runs count as absent.
  std::chrono::seconds grace{90};
};

/// DISPATCHER: leads the runs of the fleet over their hosts: batches, bounds
/// on failures, cancelling. Every step is in the store before anybody hears of
/// it, so that the next controller goes on. On a thread of its own.
class dispatcher_state {
public:
  static inline const char* name = "dispatcher";

  explicit dispatcher_state(dispatcher_actor::pointer self) : self_{self} {
    // nop
  }

  void start(dispatcher_setting setting);
  void attach(registry_actor registry);
  void meet(const fleet_target& host);
  void hear(const session_said& what);
  void ended(const host_run_end& how);
  void tick();

private:
  using clock = std::chrono::steady_clock;

  struct run {
    fleet_run info;
    fleet_terms terms;
    std::vector<fleet_run_host> hosts;
    /// What has come of its order.
    std::string bytes;
    std::optional<session_actor> submitter;
    /// Hosts that are not there are waited for until then.
    clock::time_point patience;
    bool cancelled = false;
  };

  /// Settles what the store knows and no message told: the controller died
  /// between the two.
  void catch_up();
  void submit(const session_said& from, const link_submit& plan);
  void receive(run& one, const session_said& from);
  void piece(const session_said& from, const link_piece& what);
  void want(const session_said& from, const link_want& what);
  void accept(const session_said& from, const std::string& run_name);
  void decline(const session_said& from, const link_decline& what);
  void cancel(const session_said& from, const std::string& run_name);
  void answer(const session_said& question, const link_ask& ask);
  result<std::string> state_of(const std::string& run_name);
  result<std::string> all_runs();

  void begin(run& one, std::string order);
  void choose_hosts(const std::string& run_name, const std::string& pattern);
  void chosen(run& one, const target_answer& who);
  void refuse(run& one, const std::string& why);
  void advance(run& one);
  bool offer(run& one, fleet_run_host& to);
  void settle(run& one, fleet_run_host& which, const std::string& status,
              const std::string& text);
  void end_if_over(run& one);
  fleet_run_host* host_in(run& one, const std::string& name);
  run* find_run(const std::string& name);

  void keep(const run& one);
  void keep(const run& one, const fleet_run_host& which);
  void note(const session_said& from, const std::string& what,
            const std::string& text);
  std::shared_ptr<const std::string> order_of(const std::string& digest);

  dispatcher_actor::pointer self_;
  dispatcher_setting setting_;
  registry_actor registry_;
  // Those that go on.
  std::map<std::string, run> runs_;
  std::map<std::string, session_actor> there_;
  // What hosts ask for piece by piece.
  std::string order_digest_;
  std::shared_ptr<const std::string> order_;
};

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_setting setting);

} // namespace troupe
