#pragma once

#include "actors/run/not_run.hpp"
#include "actors/run/task_runner.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <set>

namespace troupe {

/// BLOCK RUNNER: supervises the children of a block (a play's body, a batch, a
/// parallel group, handlers), in order or as a graph, then its rescue and
/// always parts.
using block_runner_actor = caf::typed_actor<
  // STATE KEEPER: a child, or a prerequisite of this block, has ended.
  caf::reacts_to<ending_ptr>,
  // PLAY RUNNER or the parent: end early.
  caf::reacts_to<cancel_atom, cancel_reason>>;

/// Why nothing begins any more.
struct run_stop {
  cancel_reason why = cancel_reason::failed;
  /// The task whose failure is behind `failed`.
  named_task culprit;
};

/// Who and what a BLOCK RUNNER works with.
struct block_setting {
  services_ptr services;
  scope_ptr scope;
  const block* what = nullptr;
  /// The children are handlers.
  bool handlers = false;
  known_names names;
  handler_flusher play;
  ending_listener owner;
  /// The children are not in the plan: included, or part of a rollback.
  bool added = false;
  /// An outer block has a rescue for what fails here.
  bool rescued = false;
  /// Where it stands, when there are gates.
  task_place where;
  /// It is within a `rescue` or `always`.
  bool rescuing = false;
  /// How it ended in an earlier process says nothing: it cleans up after what
  /// this one has done, or is a handler that this one's tasks notify.
  bool anew = false;
  /// It is a rollback, or part of one.
  bool undoing = false;
  /// Those of its children, or of theirs, that are so; null: none.
  std::shared_ptr<const std::set<std::string>> renewed;
  /// Nothing of it may begin: all of it is accounted for.
  std::optional<run_stop> stopped;
  /// At most so many children are alive at once, so that a plan of a million
  /// tasks needs no million actors.
  size_t window = 4000;
};

class block_runner_state {
public:
  static inline const char* name = "block_runner";

  explicit block_runner_state(block_runner_actor::pointer self) : self_{self} {
    // nop
  }

  void start(block_setting setting);
  void on_ending(const ending& what);
  void cancel(cancel_reason reason);
  void on_down(const caf::down_msg& down);
  /// Ends the children.
  void abandon(const caf::error& why);

private:
  using past_ptr = std::shared_ptr<const run_past::unfinished>;

  enum class part : uint8_t { waiting, body, rescue, always, done };

  struct child {
    cancellable actor;
    /// Of a nested block; null: a task.
    const block* inside = nullptr;
  };

  void enter(part next);
  void fill();
  void spawn_next();
  void spawn_task(std::shared_ptr<const task> t);
  void give_up_next();
  /// Ends the part: the next streamed task cannot be read.
  void lose_next(const error& why);
  /// Passes on the result of a task that ended in an earlier process of this
  /// run. False when it has to run; what is open about it goes to `before`.
  bool replay(const task& t, past_ptr& before);
  /// Has STATE KEEPER announce what came of a task in an earlier process.
  void pass_on(report_ptr report);
  /// Tells the other hosts of it, as far as they need to know.
  void tell_others(const task& t, const report_ptr& report);
  /// Whether how a child of this id ended in an earlier process says nothing:
  /// see `block_setting`, or it is in an `always` behind something that this
  /// process has run.
  bool is_anew(const std::string& child) const;
  placed_task placed(const task& t) const;
  /// Whether its failure ends the play everywhere, as far as is known.
  bool ends_all_hosts(const task& t) const;
  /// Whether some rescue takes care of failures in this part.
  bool has_rescue() const;
  void child_ended(const ending& what);
  void clear_errors();
  void part_ended();
  /// The rescue has made good what failed in the body.
  void note_rescued();
  void stop_children(cancel_reason reason);
  /// Reports a child that cannot report itself.
  void fail_child(const std::string& id, std::string msg, bool fatal);
  not_run why_stopped() const;
  /// Accounts for a rescue that nothing needs, or that comes too late.
  void give_up_rescue();
  void give_up(const node& child, const not_run& how);
  void give_up(const task& t, const not_run& how);
  void report();
  block_order order() const;
  /// Where the child of this number stands.
  task_place place_of(size_t child) const;
  bool rescuing() const;
  /// Children of this part.
  size_t child_count() const;
  /// The tasks of this part that are still in the plan's file; null: none.
  const task_source* streamed() const;

  const block& what() const {
    return *setting_.what;
  }

  const state_keeper_actor& state() const {
    return setting_.services->state;
  }

  block_runner_actor::pointer self_;
  block_setting setting_;
  scope_ptr scope_;
  part part_ = part::waiting;
  std::set<std::string> missing_;
  known_names names_;
  const std::vector<node>* nodes_ = nullptr;
  size_t next_ = 0;
  std::map<std::string, child> alive_;
  // Tasks that this process had run before the block.
  uint64_t anew_before_ = 0;
  // No more children start in this part.
  bool stopped_ = false;
  // Something of it was run, or skipped for a reason of its own.
  bool begun_ = false;
  std::optional<cancel_reason> cancelled_;
  // Tasks that could not reach the host in an earlier process. As then, the
  // play ends here before anything comes of that.
  std::vector<report_ptr> unreachable_;
  // Of this part; the body's are forgotten when the rescue goes well.
  struct {
    bool failed = false;
    bool fatal = false;
    bool roll_back = false;
    named_task culprit;
  } part_end_;
  block_report report_;
};

/// What has to be accounted for when the BLOCK RUNNER of `setting` has died.
lost_block_ptr lost_with(const block_setting& setting, const caf::error& why);

block_runner_actor::behavior_type
block_runner(block_runner_actor::stateful_pointer<block_runner_state> self,
             block_setting setting);

} // namespace troupe
