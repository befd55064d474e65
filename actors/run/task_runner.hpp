#pragma once

#include "actors/run/background.hpp"
#include "actors/run/inclusion.hpp"
#include "actors/run/scheduler.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/state/run_past.hpp"
#include "actors/state/state_keeper.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <list>
#include <map>
#include <random>
#include <set>

namespace troupe {

/// PLAY RUNNER, as far as its tasks need it.
using handler_flusher = caf::typed_actor<
  // A `meta: flush_handlers` task wants the notified handlers to run now.
  // Answers when they have; false when one of them failed.
  caf::replies_to<flush_atom>::with<bool>,
  // A `meta: end_play` task: start nothing more of the play.
  caf::reacts_to<finish_atom>>;

/// How an item of a parallel loop ended.
struct item_report {
  size_t item = 0;
  judged verdict;
  std::vector<attempt> attempts;
  /// Nobody knows whether it took effect before the run died.
  bool unknown = false;
};

using item_report_ptr = std::shared_ptr<const item_report>;

/// The task of a parallel loop, as far as its lanes need it.
using lane_owner = caf::typed_actor<caf::reacts_to<item_report_ptr>,
                                    caf::reacts_to<finish_atom>>;

/// What the lanes of a parallel loop share: each takes the next item.
struct loop_lanes {
  std::vector<value> items;
  std::atomic<size_t> next = 0;
  lane_owner owner;
};

/// TASK RUNNER: one task from its prerequisites to its result.
///
///   waiting for prerequisites -> conditions -> [next item of the loop ->]
///   waiting for a slot -> running -> judged -> (pause -> waiting for a slot)
///   -> reported
using task_runner_actor = caf::typed_actor<
  // STATE KEEPER: a prerequisite has ended.
  caf::reacts_to<ending_ptr>,
  // SCHEDULER: a slot is free.
  caf::reacts_to<slot_ptr>,
  // BLOCK RUNNER: end early. With `failed` only what has not begun ends.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // INTERNAL: a pause is over or a deadline has passed; stale generations are
  // ignored.
  caf::reacts_to<tick_atom, uint64_t>,
  // INTERNAL: on to the next item of the loop.
  caf::reacts_to<go_atom>,
  // A lane: an item has ended.
  caf::reacts_to<item_report_ptr>,
  // A lane: there are no more items for it.
  caf::reacts_to<finish_atom>>;

/// Who and what a TASK RUNNER works with.
struct task_setting {
  context_ptr ctx;
  scope_ptr scope;
  std::shared_ptr<const task> what;
  bool handler = false;
  /// The task is not in the plan: included, or part of a rollback.
  bool added = false;
  /// How the tasks around this one are ordered.
  block_order order = block_order::sequence;
  known_names names;
  scheduler_actor scheduler;
  background_actor background;
  state_keeper_actor state;
  handler_flusher play;
  /// The BLOCK RUNNER that is told of the ending.
  ending_listener owner;
  /// This actor is one lane of a task with `loop_parallel`.
  std::shared_ptr<loop_lanes> lane = nullptr;
};

class task_runner_state {
public:
  static inline const char* name = "task_runner";

  explicit task_runner_state(task_runner_actor::pointer self) : self_{self} {
    // nop
  }

  void start(task_setting setting);
  void on_ending(const ending& what);
  void on_slot(const slot_ptr& given);
  void on_job(const job_result_ptr& done);
  void on_worker_lost(const std::string& why);
  /// The module was not called, or nobody knows how its call ended.
  void call_failed(module_result why);
  void on_down(const caf::down_msg& down);
  void on_tick(uint64_t generation);
  void go_on();
  void on_item(const item_report_ptr& ended);
  void on_lane_ended();
  void cancel(cancel_reason reason);

private:
  enum class phase : uint8_t {
    waiting,
    slot_wanted,
    running,
    pausing,
    between_items,
    flushing,
    including,
    /// Waits for an answer of BACKGROUND.
    asking,
    /// Its lanes go through the items.
    in_lanes,
    /// Of a `meta` task that has asked for the end of its play.
    ending,
    reported,
  };

  const task& what() const {
    return *setting_.what;
  }

  const language& templates() const {
    return *setting_.ctx->templates;
  }

  // Not `begin`: CAF takes a state with such a member for a container.
  void begin_task();
  void begin_items();
  void next_item();
  void run_lanes();
  void start_lane();
  void next_in_lane();
  /// What an item came to goes to the task of the loop.
  void report_item(judged verdict);
  void leave_lane(task_status status);
  void cancel_lanes(cancel_reason reason);
  void next_gathered();
  void prepare_call();
  void start_call();
  /// What an earlier process of this run did of the current item; null:
  /// nothing.
  const run_past::call* past_call() const;
  void decide_unknown(std::chrono::system_clock::time_point begun);
  void want_slot();
  /// The longest that a call may take; zero: for ever.
  std::chrono::nanoseconds time_limit() const;
  /// `async` with `poll: 0`: the task ends when its job has begun.
  bool leaves_job() const;
  std::string background_id() const;
  /// An earlier process of this run has left the job, so that it may not
  /// simply begin again.
  bool left_before();
  void leave_job();
  void job_left();
  void ask_background(const arguments& args);
  void job_known(const std::string& id, const background_status& status);
  void announce();
  /// Modules that touch nothing need neither slot nor worker.
  void run_here();
  void run_engine_task(const arguments& args);
  void run_meta(const std::string& action);
  void include(const std::string& file);
  void included_ended(const ending& ended);
  void run_once_more(std::chrono::nanoseconds pause);
  void pass_judgement(module_result result);
  void item_done(judged verdict);
  /// Facts of the module are as strong as registered results.
  bool sets_variables() const;
  void note_item(const judged& verdict);
  void take_verdict(judged verdict);
  void item_failed(const error& why);
  void item_skipped(const std::string& condition);
  void all_items_done();
  void report(task_status status);
  void report_failure(const error& why);
  void report_skipped(skip_reason why, std::string reason);
  void report_cancelled();
  void name_handlers();
  /// Tells rescues which task failed and how.
  void name_failure();
  /// Takes the variables or facts that an item has set.
  void learn(const dict& facts);
  void hide_secrets(const redactor& secrets);
  void give_back(bool worker_is_sound);
  dict locals() const;
  const retry_policy* retries() const;

  task_runner_actor::pointer self_;
  task_setting setting_;
  scope_ptr scope_;
  phase phase_ = phase::waiting;
  std::set<std::string> missing_;
  known_names names_;
  std::shared_ptr<const task_variables> visible_;
  // What an earlier process of this run did of this task; null: nothing.
  const run_past::unfinished* past_ = nullptr;
  // The loop.
  std::optional<std::vector<value>> items_;
  size_t item_ = 0;
  list item_results_;
  bool any_changed_ = false;
  bool any_failed_ = false;
  bool any_ran_ = false;
  bool timed_out_ = false;
  std::string first_failure_;
  // Of a parallel loop: what its lanes have made of the items.
  std::vector<cancellable> lanes_;
  size_t lanes_left_ = 0;
  std::map<size_t, item_report_ptr> gathered_;
  // Tasks that were included; referred to until this actor ends.
  std::list<std::shared_ptr<const inclusion>> included_;
  cancellable inside_;
  // The current call.
  std::shared_ptr<job> call_;
  slot_ptr slot_;
  std::stop_source stop_;
  unsigned attempt_ = 0;
  uint64_t generation_ = 0;
  bool announced_ = false;
  std::optional<cancel_reason> cancelled_;
  std::chrono::steady_clock::time_point begun_;
  task_report report_;
  task_result result_;
};

/// The result of a task with `async` that was waited for, in Ansible's words.
module_result polled(module_result from, int64_t seconds);

task_runner_actor::behavior_type
task_runner(task_runner_actor::stateful_pointer<task_runner_state> self,
            task_setting setting);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::item_report_ptr)
