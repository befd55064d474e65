#pragma once

#include "actors/fleet/fleet_messages.hpp"
#include "actors/fleet/fleet_plan.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace troupe {

struct dispatcher_setting {
  fleet_services services;
  /// How long hosts have to come back: to runs of an earlier controller after
  /// this one has begun, and when their link was lost while a run went on.
  std::chrono::seconds grace{90};
};

/// DISPATCHER: leads the runs of the fleet over their hosts: batches, bounds
/// on failures and time, cancelling. Every step is in the store before anybody
/// hears of it, so that the next controller goes on; a step that the store
/// refuses is tried again, and until then nobody hears of it. On a thread of
/// its own.
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
  using moment = caf::actor_clock::time_point;

  /// Moments of a host in a run; the largest there is: not yet.
  struct host_times {
    // Its turn came while it was not there.
    moment missed = moment::max();
    // Its link was lost while the run went on.
    moment left = moment::max();
    // It counts as lost from then on.
    moment due = moment::max();
    // Why it has not begun, in its own words.
    std::string obstacle;
  };

  struct run {
    fleet_run info;
    fleet_terms terms;
    std::vector<fleet_run_host> hosts;
    /// What has come of its order.
    std::string bytes;
    std::optional<session_actor> submitter;
    /// Hosts that are not there are waited for until then, at least.
    moment patience;
    bool cancelled = false;
    std::map<std::string, host_times> times;
    /// What the store does not have yet, and who hears of it then.
    std::map<std::string, fleet_run_host> unsaved;
    bool info_unsaved = false;
    std::vector<std::pair<session_actor, link_message_ptr>> unsaid;
  };

  /// Settles what the store knows and no message told: the controller died
  /// between the two.
  void catch_up(run& one);
  void take_up(const fleet_run& info, const fleet_terms& terms,
               std::vector<fleet_run_host> hosts);
  /// A run of an earlier controller whose options nobody can read: without
  /// them it would go over its hosts in another way than it was asked to.
  void end_unreadable(const fleet_run& info, std::vector<fleet_run_host> hosts,
                      const error& why);
  void submit(const session_said& from, const link_submit& plan);
  /// Bytes that orders may take which have not come as a whole.
  uint64_t receiving() const;
  void receive(run& one, const session_said& from);
  void piece(const session_said& from, const link_piece& what);
  void want(const session_said& from, const link_want& what);
  void accept(const session_said& from, const std::string& run_name);
  void accept_late(const session_said& from, const std::string& run_name);
  void decline(const session_said& from, const link_decline& what);
  void cancel(const session_said& from, const std::string& run_name);
  void take_answer(const session_said& from, const link_answer& what);
  void answer(const session_said& question, const link_ask& ask);
  /// How a run stands, and how its hosts do.
  result<std::string> state_of(const std::string& run_name, bool with_hosts);
  result<std::string> newest_runs(size_t most);
  value shown_host_of(const std::string& run_name, const fleet_run_host& host);

  void begin(run& one, const std::string& order);
  void choose_hosts(const std::string& run_name, const std::string& pattern);
  void chosen(run& one, const target_answer& who);
  void refuse(run& one, const std::string& why);
  void left(const std::string& host);
  void met(run& one, fleet_run_host& which, const session_actor& session);
  void look_at_time(run& one);
  bool is_absent(run& one, const std::string& host);
  void advance(run& one);
  void offer(run& one, fleet_run_host& to);
  void settle(run& one, fleet_run_host& which, fleet_status status,
              const std::string& text);
  void end_if_over(run& one);
  fleet_run_host* host_in(run& one, const std::string& name);
  run* find_run(const std::string& name);
  moment now() const;

  /// Puts into the store what it does not have of a run, and says what waits
  /// for that. False: it was refused.
  bool save(run& one);
  void say(run& one, const session_actor& to, link_message message);
  /// The digest of the order of a run that is known: empty for one that a host
  /// has told of by itself.
  std::optional<std::string> digest_known(const std::string& run);
  void reject(const session_said& from, const std::string& run_name,
              const std::string& why);
  void note(const session_said& from, const std::string& what,
            const std::string& text);
  std::shared_ptr<const std::string> order_of(const std::string& digest);

  dispatcher_actor::pointer self_;
  dispatcher_setting setting_;
  registry_actor registry_;
  // Those that go on.
  std::map<std::string, run> runs_;
  std::map<std::string, session_actor> there_;
  // What each host was asked last about which run: the number of the question.
  std::map<std::string, std::map<std::string, uint64_t>> asked_;
  uint64_t last_question_ = 0;
  // Why runs did not even begin, of late.
  std::deque<std::pair<std::string, std::string>> rejected_;
  trouble_teller trouble_;
  // What hosts ask for piece by piece.
  std::string order_digest_;
  std::shared_ptr<const std::string> order_;
};

/// Whether a run of this status has more to come.
bool goes_on(const fleet_run& run);

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_setting setting);

} // namespace troupe
