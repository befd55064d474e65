#pragma once

#include "actors/messages.hpp"
#include "actors/report/progress.hpp"
#include "actors/run/run_context.hpp"
#include "actors/run/stage.hpp"
#include "actors/run/task_report.hpp"
#include "actors/state/journal.hpp"
#include "config/value/id_set.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::report_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::block_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lost_block_ptr)

namespace troupe {

class fact_store;

/// STATE KEEPER: results, names, notifications; tells everyone who waits for
/// an ending, and answers how far the run is.
using state_keeper_actor = caf::typed_actor<
  // PLAY RUNNER begins a play; true: it is for no host of the run.
  caf::reacts_to<play_atom, std::string, bool>,
  // A TASK RUNNER begins its first attempt: id, name, module, is a handler, is
  // in check mode.
  caf::reacts_to<started_atom, std::string, std::string, std::string, bool,
                 bool>,
  // A TASK RUNNER waits at the gate; see task_gate.hpp.
  caf::reacts_to<asked_atom, task_question>,
  // A TASK RUNNER's included tasks begin.
  caf::reacts_to<started_atom, tasks_included>,
  // A TASK RUNNER's loop goes on for a while.
  caf::reacts_to<started_atom, items_ended>,
  // A TASK RUNNER will try again.
  caf::reacts_to<retry_atom, task_retry>,
  // A TASK RUNNER's task has ended; the listener is its BLOCK RUNNER.
  caf::reacts_to<ended_atom, report_ptr, ending_listener>,
  // The same of one that CONDUCTOR has to know of.
  caf::reacts_to<ended_atom, host_task_end_ptr, ending_listener>,
  // A BLOCK RUNNER passes on what the journal says of a task that ended in an
  // earlier process of this run.
  caf::reacts_to<replay_atom, report_ptr, ending_listener>,
  // A BLOCK RUNNER has ended; the listener is its parent.
  caf::reacts_to<ended_atom, block_report, ending_listener>,
  // A parent accounts for what a BLOCK RUNNER has left undone that died; the
  // listener is the parent.
  caf::reacts_to<lost_atom, lost_block_ptr, ending_listener>,
  // Someone waits for these tasks and blocks; each ending is sent, also when
  // it lies in the past.
  caf::reacts_to<subscribe_atom, std::vector<std::string>, ending_listener>,
  // PLAY RUNNER takes the names of the notified handlers.
  caf::replies_to<notified_atom>::with<std::vector<std::string>>,
  // FACTS were collected.
  caf::reacts_to<facts_atom, facts_ptr>,
  // A TASK RUNNER: `meta: clear_facts`.
  caf::reacts_to<forget_atom, facts_atom>,
  // PLAY RUNNER asks for all names known so far.
  caf::replies_to<query_atom, facts_atom>::with<ending_ptr>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>>;

/// Who and what STATE KEEPER works with.
struct state_setting {
  progress_actor progress;
  /// When the run began.
  std::chrono::system_clock::time_point begun;
  /// Tasks in the plan.
  uint64_t total = 0;
  /// Null: nothing is written down.
  std::shared_ptr<journal> log;
  /// RUN, which is ended when the journal cannot be written any more.
  cancellable run;
  /// Hears the last words of a STATE KEEPER that dies; may be empty.
  std::function<void(snapshot_ptr)> last_words;
  /// Whose names are told to the other hosts, when there are any; may be null.
  context_ptr ctx = nullptr;
  /// CONDUCTOR of those hosts; null: there are none.
  stage_actor stage;
};

class state_keeper_state {
public:
  static inline const char* name = "state_keeper";

  explicit state_keeper_state(state_keeper_actor::pointer self) : self_{self} {
    // nop
  }

  void start(state_setting setting);
  void on_play(std::string name, bool nobody);
  void on_started(std::string id, std::string name, std::string module,
                  bool handler, bool check_mode);
  void on_asked(task_question what);
  void on_included(tasks_included what);
  void on_items(items_ended what);
  void on_retry(task_retry what);
  void on_ended(const task_report& report, const ending_listener& owner);
  void on_ended(const host_task_end_ptr& what, const ending_listener& owner);
  void on_replay(const task_report& report, const ending_listener& owner);
  void on_ended(const block_report& report, const ending_listener& owner);
  void on_lost(const lost_block& what, const ending_listener& owner);
  /// Tells where the run was.
  void abandon(const caf::error& why);
  void on_subscribe(const std::vector<std::string>& ids,
                    const ending_listener& who);
  void on_facts(const facts_ptr& found);
  void forget_facts();
  std::vector<std::string> take_notified();
  ending_ptr names() const;
  snapshot_ptr snapshot() const;

private:
  void tell(run_event::kinds what);
  void remember(const task_report& report);
  void forgive(const std::string& id);
  /// False: it has ended before.
  bool write_down(const task_report& report);
  void take_in(const task_report& report, const ending_listener& owner,
               bool restored);
  /// What is to be written down could not be: the run ends.
  void check(const result<void>& written);
  void announce(ending_ptr what, const ending_listener& owner);
  void keep(const ending& what);
  /// Says once that what nobody may read is not written down.
  void tell_unsealed();
  void note_facts(const dict& found);
  /// What a task has found is to be kept, as far as anybody may read it.
  void note_to_keep(const task_report& report);
  /// Keeps what is known of the host for other runs, where that is wanted, as
  /// soon as a task has found some: a later task may read it.
  void keep_facts();
  /// Tells the other hosts of a playbook what is known of this one.
  void publish_names() const;
  /// Null while it has not ended.
  std::shared_ptr<ending> find_ended(const std::string& id) const;

  state_keeper_actor::pointer self_;
  state_setting setting_;
  bool journal_lost_ = false;
  // A BLOCK RUNNER has died.
  bool lost_any_ = false;
  std::chrono::system_clock::time_point facts_noted_;
  run_snapshot so_far_;
  // What they are called, by their ids.
  std::map<std::string, std::string> running_;
  known_names names_;
  // What is known of the host for other runs.
  struct {
    // Null: facts end with the run.
    std::shared_ptr<const fact_store> store;
    // Facts that came under `no_log`: no disk gets them readable.
    std::set<std::string> hidden;
  } kept_;

  // How the failed tasks failed, until a rescue makes it good.
  struct failure {
    task_status status;
    std::string name;
    std::vector<std::string> included_by;
  };

  std::unordered_map<std::string, failure> failures_;
  std::vector<std::string> notified_;
  // Those of them that this process, not an earlier one, has notified.
  std::set<std::string> notified_now_;
  // What ended, for those who ask later: in full what did not simply go well.
  std::unordered_map<std::string, ending_ptr> ended_;
  id_set went_well_;
  std::unordered_map<std::string, std::vector<ending_listener>> waiting_;
};

state_keeper_actor::behavior_type
state_keeper(state_keeper_actor::stateful_pointer<state_keeper_state> self,
             state_setting setting);

} // namespace troupe
