#pragma once

#include "actors/messages.hpp"
#include "actors/progress.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <set>
#include <unordered_map>
#include <vector>

namespace troupe {

/// What a TASK RUNNER hands over when its task has ended.
struct task_report {
  result_ptr result;
  /// Name and value for `register`; empty name: none.
  std::string register_as;
  value registered;
  /// From `set_fact`: as strong as registered results.
  dict variables;
  /// From `setup` and custom modules.
  dict facts;
  /// Handlers to notify, when the task changed something.
  std::vector<std::string> notify;
  bool fatal = false;
  bool blocked = false;
};

using report_ptr = std::shared_ptr<const task_report>;

/// A block has ended; its failure is that of its children.
struct block_report {
  std::string id;
  bool failed = false;
  bool fatal = false;
  bool blocked = false;
  std::string culprit;
  /// Tasks whose failure was made good by the block's rescue.
  std::vector<std::string> rescued;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::report_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::block_report)

namespace troupe {

/// STATE KEEPER: results, names, notifications; tells everyone who waits for
/// an ending, and answers how far the run is.
using state_keeper_actor = caf::typed_actor<
  // PLAY RUNNER begins a play.
  caf::reacts_to<play_atom, std::string>,
  // A TASK RUNNER begins its first attempt: id, name, module, is a handler.
  caf::reacts_to<started_atom, std::string, std::string, std::string, bool>,
  // A TASK RUNNER will try again: id, number of the next attempt, pause.
  caf::reacts_to<retry_atom, std::string, uint32_t, caf::timespan>,
  // A TASK RUNNER's task has ended; the listener is its BLOCK RUNNER.
  caf::reacts_to<ended_atom, report_ptr, ending_listener>,
  // A BLOCK RUNNER has ended; the listener is its parent.
  caf::reacts_to<ended_atom, block_report, ending_listener>,
  // Someone waits for these tasks and blocks; each ending is sent, also when
  // it lies in the past.
  caf::reacts_to<subscribe_atom, std::vector<std::string>, ending_listener>,
  // PLAY RUNNER takes the names of the notified handlers.
  caf::replies_to<notified_atom>::with<std::vector<std::string>>,
  // FACTS were collected.
  caf::reacts_to<facts_atom, facts_ptr>,
  // PLAY RUNNER asks for all names known so far.
  caf::replies_to<query_atom, facts_atom>::with<ending_ptr>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>>;

class state_keeper_state {
public:
  static inline const char* name = "state_keeper";

  explicit state_keeper_state(state_keeper_actor::pointer self) : self_{self} {
    // nop
  }

  void start(progress_actor progress, uint64_t total);
  void on_play(std::string name);
  void on_started(std::string id, std::string name, std::string module,
                  bool handler);
  void on_retry(std::string id, uint32_t attempt, caf::timespan pause);
  void on_ended(const task_report& report, const ending_listener& owner);
  void on_ended(const block_report& report, const ending_listener& owner);
  void on_subscribe(const std::vector<std::string>& ids,
                    const ending_listener& who);
  void on_facts(const facts_ptr& found);
  std::vector<std::string> take_notified();
  ending_ptr names() const;
  snapshot_ptr snapshot() const;

private:
  void remember(const task_report& report);
  void forgive(const std::string& id);
  void announce(ending_ptr what, const ending_listener& owner);

  state_keeper_actor::pointer self_;
  progress_actor progress_;
  run_snapshot so_far_;
  std::set<std::string> running_;
  known_names names_;
  // How the failed tasks failed, until a rescue makes it good.
  std::unordered_map<std::string, task_status> failures_;
  std::vector<std::string> notified_;
  std::unordered_map<std::string, ending_ptr> ended_;
  std::unordered_map<std::string, std::vector<ending_listener>> waiting_;
};

/// Spawn with PROGRESS and the number of tasks in the plan.
state_keeper_actor::behavior_type
state_keeper(state_keeper_actor::stateful_pointer<state_keeper_state> self,
             progress_actor progress, uint64_t total);

} // namespace troupe
