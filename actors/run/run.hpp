#pragma once

#include "actors/run/play_runner.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A run as its owner sees it: a RUN, or a CONDUCTOR with the RUNs of many
/// hosts.
using any_run_actor = caf::typed_actor<
  // The owner starts the run.
  caf::reacts_to<go_atom>,
  // A signal arrived, or someone else wants the run to end.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>>;

/// A play that a host is to run.
struct play_part {
  /// Its number in the plan.
  size_t play = 0;
  /// Tasks wait for those of other hosts.
  bool gated = false;
  /// The host has failed before: the tasks are only accounted for.
  bool stopped = false;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::play_part)

namespace troupe {

/// RUN: one execution of a plan, from its first event to its outcome. Of one
/// host among many it is the HOST RUN, and CONDUCTOR says what it plays.
using run_actor = caf::typed_actor<
  // The owner, or CONDUCTOR, starts the run.
  caf::reacts_to<go_atom>,
  // A signal arrived, or someone else wants the run to end.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // Anyone asks how far the run is.
  caf::replies_to<query_atom>::with<snapshot_ptr>,
  // CONDUCTOR: a play for this host; answered when it has ended here.
  caf::replies_to<begin_atom, play_part>::with<play_outcome>,
  // CONDUCTOR: the play ends here, because of what happened elsewhere.
  caf::reacts_to<play_atom, cancel_reason>,
  // CONDUCTOR: `meta: end_play` of any host.
  caf::reacts_to<play_atom, finish_atom>,
  // CONDUCTOR: there are no more plays.
  caf::reacts_to<finish_atom>,
  // STATE KEEPER dies: what it knew.
  caf::reacts_to<lost_atom, snapshot_ptr>,
  // INTERNAL: the time for the whole run is over.
  caf::reacts_to<tick_atom>>;

/// What a run is started with.
struct run_setting {
  context_ptr ctx;
  bool wants_facts = false;
  /// Keeps facts between runs; empty: not.
  std::string facts_file;
  std::vector<std::shared_ptr<sink>> sinks;
  std::shared_ptr<workers> threads;
  /// Of one host among many; null: it is alone.
  stage_actor stage;
  /// Grants the slots of all of them; null: the run has its own.
  scheduler_actor slots;
  /// Hears how the run ended, when every sink has written everything; not when
  /// RUN itself dies.
  std::function<void(const run_outcome&)> on_end;
};

class run_state {
public:
  static inline const char* name = "run";

  explicit run_state(run_actor::pointer self) : self_{self} {
    // nop
  }

  void start(run_setting setting);
  void go();
  void cancel(cancel_reason reason);
  caf::result<snapshot_ptr> query();
  caf::result<play_outcome> begin_part(const play_part& part);
  void stop_part(cancel_reason reason);
  void end_part();
  void no_more_plays();
  void on_last_words(const snapshot_ptr& last);
  void on_down(const caf::down_msg& down);
  /// Ends the children.
  void abandon(const caf::error& why);

private:
  enum class phase : uint8_t {
    plays,
    /// Waits for the jobs in the background.
    jobs,
    /// Waits for the last answer of STATE KEEPER.
    counting,
    /// The outcome is certain; the sinks have the last word.
    telling,
    over,
  };

  void next_play();
  void run_play(const play& what, std::optional<run_stop> stopped, bool gated);
  void play_ended(const play_outcome& ended);
  /// The run cannot go on truthfully: ends what runs and says why.
  void break_off(const char* who, const caf::error& why);
  /// Tasks that nobody runs any more.
  void account_for_rest(const caf::error& why);
  void end_jobs();
  void jobs_ended(const background_end& ended);
  void count();
  void finish(const run_snapshot& last);
  void note_ending();
  void let_go();
  void say(run_event::kinds what);
  /// As far as it is known before the run.
  uint64_t tasks_to_do() const;
  const char* name_of(const caf::down_msg& down) const;

  run_actor::pointer self_;
  run_setting setting_;
  services_ptr services_;
  progress_actor progress_;
  facts_actor facts_;
  play_runner_actor play_;
  phase phase_ = phase::plays;
  size_t next_ = 0;
  // CONDUCTOR waits for it.
  caf::typed_response_promise<play_outcome> part_;
  // Nothing more shall start.
  std::optional<run_stop> ending_;
  // What STATE KEEPER knew when it died.
  snapshot_ptr last_words_;
  std::chrono::steady_clock::time_point begun_;
  run_outcome outcome_;
};

run_actor::behavior_type run(run_actor::stateful_pointer<run_state> self,
                             run_setting setting);

} // namespace troupe
