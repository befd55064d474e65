#pragma once

#include "actors/run/play_runner.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace troupe {

/// RUN: one execution of a plan, from its first event to its outcome.
using run_actor = caf::typed_actor<
  // The owner starts the run; answered when it has ended and every sink has
  // written everything.
  caf::replies_to<go_atom>::with<outcome_ptr>,
  // A signal arrived, or someone else wants the run to end.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>,
  // INTERNAL: the time for the whole run is over.
  caf::reacts_to<tick_atom>>;

/// What a run is started with.
struct run_setting {
  context_ptr ctx;
  bool wants_facts = false;
  /// Keeps facts between runs; empty: not.
  std::string facts_file;
  std::vector<std::shared_ptr<event_writer>> writers;
  /// Makes the workers; tests make mocks.
  worker_factory make_worker;
};

class run_state {
public:
  static inline const char* name = "run";

  explicit run_state(run_actor::pointer self) : self_{self} {
    // nop
  }

  void start(run_setting setting);
  caf::result<outcome_ptr> go();
  void cancel(cancel_reason reason);
  caf::result<snapshot_ptr> query();
  void on_down(const caf::down_msg& down);

private:
  void next_play();
  void play_ended(const play_outcome& ended);
  /// Waits for the jobs in the background.
  void end_background();
  void gather_outcome();
  void finish(const snapshot_ptr& last);
  void note_ending(bool failed);
  void let_go();
  void say(run_event event);

  run_actor::pointer self_;
  run_setting setting_;
  progress_actor progress_;
  state_keeper_actor state_;
  scheduler_actor scheduler_;
  background_actor background_;
  facts_actor facts_;
  play_runner_actor play_;
  size_t next_ = 0;
  bool ending_ = false;
  std::chrono::steady_clock::time_point begun_;
  run_outcome outcome_;
  caf::typed_response_promise<outcome_ptr> answer_;
};

run_actor::behavior_type run(run_actor::stateful_pointer<run_state> self,
                             run_setting setting);

/// How a run ended, in one sentence.
std::string sentence_for(const run_outcome& outcome);

} // namespace troupe
