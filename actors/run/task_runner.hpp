#pragma once

#include "actors/run/all_hosts.hpp"
#include "actors/run/call.hpp"
#include "actors/run/inclusion.hpp"
#include "actors/run/item_loop.hpp"
#include "actors/run/services.hpp"
#include "actors/state/run_past.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <variant>

namespace troupe {

struct block_setting;

/// TASK RUNNER: one task from its prerequisites to its report. What is done for
/// an item is a CALL's business.
///
///   waiting for prerequisites -> items of the loop -> [a call for each item:
///   one after another, or `loop_parallel` at once] -> reported
using task_runner_actor = caf::typed_actor<
  // STATE KEEPER: a prerequisite, or what the task includes, has ended.
  caf::reacts_to<ending_ptr>,
  // SCHEDULER: a slot is free.
  caf::reacts_to<slot_ptr>,
  // A WORKER: what came of the work for a call.
  caf::reacts_to<call_answer_ptr>,
  // BLOCK RUNNER: end early. With `failed` only what has not begun ends.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // INTERNAL: the pause of a call is over; SCHEDULER: its slot is held for too
  // long. Generations that no call waits for are ignored.
  caf::reacts_to<tick_atom, uint64_t>,
  // INTERNAL: on to the next item of the loop.
  caf::reacts_to<go_atom>,
  // INTERNAL: a loop that goes on may tell of the items that have ended.
  caf::reacts_to<tell_atom>,
  // The gate: whether the task shall run.
  caf::reacts_to<asked_atom, bool>>;

/// Who and what a TASK RUNNER works with.
struct task_setting {
  services_ptr services;
  scope_ptr scope;
  std::shared_ptr<const task> what;
  bool handler = false;
  /// The task is not in the plan: included, or part of a rollback.
  bool added = false;
  /// How the tasks around this one are ordered.
  block_order order = block_order::sequence;
  known_names names;
  handler_flusher play;
  /// The BLOCK RUNNER that is told of the ending.
  ending_listener owner;
  /// What is open about it although it has ended before; null: nothing.
  std::shared_ptr<const run_past::unfinished> reopened = nullptr;
  /// A block around it has a rescue for its failure.
  bool rescued = false;
  /// Where it stands, when there are gates.
  task_place where = {};
  /// It is within a `rescue` or `always`.
  bool rescuing = false;
  /// How what it includes ended in an earlier process says nothing.
  bool anew = false;
  /// It is part of a rollback, which comes to its end.
  bool undoing = false;
};

class task_runner_state : public call_owner {
public:
  static inline const char* name = "task_runner";

  explicit task_runner_state(task_runner_actor::pointer self) : self_{self} {
    // nop
  }

  void start(task_setting setting);
  void on_ending(const ending& what);
  void on_slot(const slot& given);
  void on_answer(const call_answer& answer);
  void on_down(const caf::down_msg& down);
  void on_tick(uint64_t generation);
  void on_go();
  void on_tell();
  void on_asked(bool runs);
  void cancel(cancel_reason reason);
  /// Ends what it has included.
  void abandon(const caf::error& why);

  // What its calls ask for.
  uint64_t next_generation() override;
  void want_slot(slot_request wanted) override;
  void give_back(uint64_t slot) override;
  bool work_elsewhere(blocking_work what) override;
  std::function<void(call_answer_ptr)> answer_to_me() override;
  void wake_later(std::chrono::nanoseconds pause, uint64_t generation) override;
  caf::actor_clock& timer() override;
  void call_begins(call& which) override;
  void call_repeats(call& which, std::chrono::nanoseconds pause) override;
  void call_ready(call& which, const item_ready& what) override;
  void call_ended(call& which) override;

private:
  /// A `meta: flush_handlers` waits for the handlers.
  struct flushing {};

  /// A `meta: end_play` waits until it is ended with its play.
  struct ending_play {};

  /// Its host cannot be reached: it waits until its play has stopped.
  struct losing_host {};

  /// What an item includes, with the names that only it sees.
  struct included_item {
    std::shared_ptr<const inclusion> made;
    uint64_t item = 0;
    dict local;
  };

  /// The tasks of a file run.
  struct including {
    std::shared_ptr<const inclusion> made;
    cancellable actor;
    std::shared_ptr<const block_setting> setting;
  };

  const task& what() const {
    return *setting_.what;
  }

  const run_context& ctx() const {
    return *setting_.services->ctx;
  }

  host& machine() const {
    return *ctx().machine;
  }

  // Not `begin`: CAF takes a state with such a member for a container.
  void begin_task();
  void pass_gates();
  void ask_whether_to_run();
  void go_ahead();

  // What it has to do with other hosts; see task_runner_hosts.cpp.
  void wait_at_gate();
  arrival arrival_here() const;
  bool says_here(any_keyword which) const;
  placed_task placed() const;
  /// Another host has done it.
  void take_over(const task_report& done);
  /// Whether the other hosts need to know how it has ended.
  bool concerns_others(const task_result& result) const;
  host_task_end_ptr end_for_others(report_ptr report) const;
  void lose_host();
  place_ptr gate_place() const;

  void find_items();
  void begin_items(loop_found found);
  void start_items();
  /// Notes what the task is told. False: it has ended, as an earlier process
  /// had begun something else here.
  bool know_definition();
  void start_item(size_t item);
  /// What an earlier process of this run did of an item; null: nothing.
  std::optional<run_past::call>
  past_call(size_t item, const run_past::unfinished* before) const;
  void item_ended(size_t item, call& which);
  void note_item(size_t item, const judged& verdict) const;
  /// Tells of the items that have ended when the loop goes on for a while.
  void tell_items_later();
  /// Those of which nothing was told, as the task itself will end; without
  /// results: there are none.
  task_result untold_items();
  /// Of a loop each item has had one of its own: all of it has what was
  /// written.
  void name_delegate(task_result& of) const;
  void sum_up_items();
  void learn(const judged& verdict);
  bool hard_stopped() const;
  /// An item of which nobody knows whether it did what it was to do, as if the
  /// run had died under it.
  bool cut_off(const judged& verdict) const;
  void call_cancelled();
  void all_items_done();
  call_setting setting_of_call(std::shared_ptr<const work_setting> with,
                               bool loop) const;
  std::shared_ptr<work_setting> work_for(size_t item, dict local) const;
  /// The call that waits for this generation; null: it came too late.
  call* call_waiting_for(uint64_t generation) const;
  void announce();
  void work_out_name();
  std::string own_name() const;

  // What the engine itself does; see task_runner_engine.cpp.
  /// What a meta task that was done says of it.
  module_result meta_result() const;
  void run_meta(call& which, const std::string& action);
  void flush_handlers(call& which);
  /// Its tasks are being read: what ends it then ends them.
  bool reads_inclusion() const;
  void include(call& which, const item_ready& what);
  /// Tells what is going to run for an item.
  void tell_inclusion(const inclusion& made, uint64_t item);
  /// The tasks of the next file begin; false: all have run, or none may.
  bool begin_included();
  bool has_included() const;
  block_setting setting_of(const included_item& next) const;
  void included_ended(const ending& ended);
  /// Ends the only call with this result.
  void give(module_result result);
  void leave_job(call& which, const job& what);
  void job_left(uint64_t item, const std::string& id);
  void ask_background(call& which, const arguments& args);
  void forget_job(uint64_t item, const std::string& id);
  void background_answered(uint64_t item, job_result done);
  /// Of the job that an item leaves for the first, second ... time.
  std::string background_id(uint64_t item, size_t time = 1) const;
  /// How an item ended in an earlier process of this run; null: it has to be
  /// done.
  const judged* known_end(size_t item,
                          const run_past::unfinished* before) const;

  void report(task_status status);
  /// Whether the failure counts, and for what.
  void weigh_failure();
  /// Of a task under `no_log`: what is said of it beside its output.
  void hide_words();
  void report_skipped(skip_reason why, std::string reason);
  void report_cancelled();
  /// Of a task that the end of the whole run's time has stopped.
  void report_time_over();
  void report_unknown();
  /// Tells rescues which task failed and how.
  void note_handlers();
  void name_failure(value whole);
  static void hide_in(task_result& what, const redactor& secrets);
  void hide_secrets(const redactor& secrets);

  task_runner_actor::pointer self_;
  task_setting setting_;
  scope_ptr scope_;
  std::shared_ptr<const task_module> module_;
  std::set<std::string> missing_;
  known_names names_;
  item_loop loop_;
  // By their items.
  std::map<uint64_t, std::unique_ptr<call>> calls_;
  // Places of the loop between two items.
  size_t pausing_ = 0;
  uint64_t generation_ = 0;
  std::variant<std::monostate, flushing, ending_play, losing_host, including>
    engine_;
  std::optional<cancel_reason> cancelled_;

  struct {
    bool announced = false;
    bool reported = false;
    // One host does it for all; when it fails, the play ends for all.
    bool once = false;
    bool fatal_for_all = false;
    std::chrono::steady_clock::time_point begun;
    // `task_report::definition` with the items of the loop.
    uint64_t items = 0;
    // What was included, referred to until this actor ends, and how many of
    // them have begun.
    std::deque<included_item> included;
    size_t begun_included = 0;
    // How many items were told of, and whether it was asked to tell of more.
    size_t told = 0;
    bool telling = false;
  } life_;

  task_report report_;
  task_result result_;
};

task_runner_actor::behavior_type
task_runner(task_runner_actor::stateful_pointer<task_runner_state> self,
            task_setting setting);

} // namespace troupe
