#pragma once

#include "actors/run/roster.hpp"
#include "actors/run/run.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// CONDUCTOR: a playbook's run over many hosts: which hosts play when, where
/// they wait for each other, and what becomes of all of them.
using conductor_actor = caf::typed_actor<
  // The owner starts the run.
  caf::reacts_to<go_atom>,
  // A signal arrived, or someone else wants the run to end.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>,
  // A task of a HOST RUN, or its play, is at the gate.
  caf::replies_to<arrived_atom, arrival_ptr>::with<gate_answer_ptr>,
  // Such a task has ended.
  caf::reacts_to<ended_atom, host_task_end_ptr>,
  // A task of a HOST RUN is about all hosts.
  caf::reacts_to<meta_atom, std::string, std::string>,
  // A HOST RUN has something to tell.
  caf::reacts_to<event_ptr>,
  // A HOST RUN has ended.
  caf::reacts_to<ended_atom, std::string, outcome_ptr>,
  // INTERNAL: the time for the whole run is over.
  caf::reacts_to<tick_atom>>;

/// Which hosts play the plays of a plan.
struct conducting {
  std::shared_ptr<roster> hosts;
  /// How many hosts work at once.
  unsigned forks = 5;
  /// Each host runs the plan by itself: with slots and facts of its own.
  bool alone = false;
  /// What a host's run is made with: journal and all that belongs to it.
  std::function<result<context_ptr>(const std::string& host)> context_of;
};

class conductor_state {
public:
  static inline const char* name = "conductor";

  explicit conductor_state(conductor_actor::pointer self) : self_{self} {
    // nop
  }

  void start(run_setting setting, conducting how);
  void go();
  void cancel(cancel_reason reason);
  snapshot_ptr snapshot() const;
  caf::result<gate_answer_ptr> on_arrived(arrival_ptr there);
  void on_task_ended(const host_task_end& ended);
  void on_meta(const std::string& host, const std::string& action);
  void on_event(const run_event& event);
  void on_host_ended(const std::string& host, const run_outcome& how);
  void on_down(const caf::down_msg& down);
  /// Ends the children.
  void abandon(const caf::error& why);

private:
  struct host_run {
    run_actor actor;
    run_counts counts;
    // Tasks of the plays that it has begun.
    uint64_t planned = 0;
    // Tasks that run there: their names by their ids.
    std::map<std::string, std::string> tasks;
    std::optional<run_outcome> outcome;
  };

  struct waiting {
    arrival_ptr there;
    caf::typed_response_promise<gate_answer_ptr> answer;
  };

  /// The play that goes on.
  struct current_play {
    const play* what = nullptr;
    size_t number = 0;
    // How many it has.
    uint64_t tasks = 0;
    std::vector<std::string> hosts;
    std::vector<std::vector<std::string>> batches;
    size_t next_batch = 0;
    std::vector<std::string> batch;
    // Hosts of the batch that have not begun, and those that have.
    std::vector<std::string> queued;
    std::set<std::string> active;
    bool gated = false;
    // No more batches.
    bool ended = false;
    // No more plays behind it.
    bool broken = false;
    // How many hosts of the batch have failed.
    size_t lost = 0;
    // How many of a hundred may, before the play ends.
    std::optional<double> most_failures;
  };

  /// Where a task stands, so that what comes first is less.
  using rank = std::vector<std::pair<uint32_t, uint32_t>>;

  /// A task that failed in an earlier process of this run.
  struct past_failure {
    rank where;
    bool fatal = false;
  };

  struct failures {
    bool any = false;
    bool fatal = false;
  };

  /// The task that hosts go on with between two gates.
  struct step {
    // What one host does for all, with all that it includes; null: nothing.
    arrival_ptr once;
    // Who waits for its end, by their names.
    std::map<std::string, waiting> once_for;
    bool fatal = false;
    bool failed = false;
    // Of these some hosts have not come past the task yet.
    std::vector<past_failure> past;
  };

  /// Goes to the next play that has hosts, and its first batch; false: there is
  /// none.
  bool next_play();
  bool choose_hosts();
  result<std::vector<std::string>> patterns() const;
  /// What templates of the play may rest on: the same for all its hosts.
  dict names_of_play() const;
  /// What its `max_fail_percentage` comes to.
  result<std::optional<double>> most_failures() const;
  /// Nobody knows for whom the play is, or when it ends: it and all behind it
  /// do not run.
  void break_off(const std::string& why);
  /// False: the play has no more.
  bool next_batch();
  /// Until a host of a batch has something to do, or all plays are over.
  void advance();
  void begin_hosts();
  void begin_host(const std::string& host);
  void part_ended(const std::string& host, const play_outcome& how);
  void lose(const std::string& host, bool unreachable);
  bool is_lost(const std::string& host) const;
  void end_batch();
  run_actor run_of(const std::string& host);
  void drop_host(const std::string& host, const std::string& why);

  // What happens at gates; see conductor_gate.cpp.
  void check_gate();
  bool all_wait() const;
  /// Whether the failure of others does not keep it from going on.
  bool is_rescuing(const std::string& host) const;
  /// The host that was to do it for all will not: another one does.
  void give_up_once();
  void open_gate();
  rank ranked(const task_place& where);
  /// What became of a task in an earlier process.
  void take_past(const host_task_end& ended);
  /// Failures of an earlier process that count from this gate on: all hosts
  /// have come past where they were.
  failures take_past_failures();
  void judge_step();
  void end_for_all();

  // The end; see conductor_end.cpp.
  void say(run_event::kinds what);
  /// How far a host is now.
  void count(host_run& on, const run_counts& now);
  void finish_hosts();
  void finish_if_all_ended();
  void finish();
  void let_go();

  const run_context& ctx() const {
    return *setting_.ctx;
  }

  conductor_actor::pointer self_;
  run_setting setting_;
  conducting how_;
  std::map<std::string, host_run> runs_;
  current_play now_;
  step step_;
  std::map<std::string, waiting> waiting_;
  // What was done for all in an earlier process of this run, by its id.
  std::map<std::string, report_ptr> done_before_;
  // In which order the labels of places came.
  std::map<std::string, uint32_t> labels_;
  size_t next_ = 0;
  struct {
    std::set<std::string> failed;
    std::set<std::string> unreachable;
    // Those whose errors a task has cleared since.
    std::set<std::string> forgiven;
    // Of this play, with a failure that nothing rescues; they may still have
    // handlers to run.
    std::set<std::string> failing;
  } lost_;
  struct {
    // The play that could not begin, and why; empty: there is none.
    std::string undirected;
    // Hosts that take no part in the rest of it, and why.
    std::map<std::string, std::string> dropped;
    // Nothing more begins.
    bool over = false;
    bool finishing = false;
    bool gone = false;
  } end_;
  struct {
    progress_actor to;
    // Of all hosts, as far as they have told.
    run_counts counts;
    // Patterns of hosts that nothing matches: each once.
    std::set<std::string> unmatched;
  } told_;
  std::chrono::steady_clock::time_point begun_;
  run_outcome outcome_;
};

conductor_actor::behavior_type
conductor(conductor_actor::stateful_pointer<conductor_state> self,
          run_setting setting, conducting how);

} // namespace troupe
