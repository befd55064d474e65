#pragma once

#include "actors/run/block_runner.hpp"
#include "actors/run/facts.hpp"
#include "actors/run/handler_choice.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <list>
#include <map>
#include <set>

namespace troupe {

/// How a play ended.
struct play_outcome {
  bool failed = false;
  /// Nothing more shall start.
  bool fatal = false;
  /// What its tasks did was taken back.
  bool rolled_back = false;
  /// Its host could not be reached.
  bool unreachable = false;
  /// `meta: end_host`: the host has left the play.
  bool left = false;
  /// What was to take it back was cut off.
  bool rollback_cut_off = false;
  /// The task whose failure is behind `failed`.
  named_task culprit;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::play_outcome)

namespace troupe {

/// PLAY RUNNER: facts, the body of one play, then its notified handlers.
using play_runner_actor = caf::typed_actor<
  // RUN starts the play; answered when it has ended.
  caf::replies_to<go_atom>::with<play_outcome>,
  // A task wants the notified handlers to run now.
  caf::replies_to<flush_atom, place_ptr, bool>::with<ending_ptr>,
  // A task wants the play to end; its notified handlers do not run.
  caf::reacts_to<finish_atom>,
  // A task cannot reach its host.
  caf::reacts_to<lost_atom>,
  // STATE KEEPER: the body or a handler has ended.
  caf::reacts_to<ending_ptr>,
  // RUN: end early. A rollback lets the first time pass by.
  caf::reacts_to<cancel_atom, cancel_reason>>;

/// Who and what a PLAY RUNNER works with.
struct play_setting {
  services_ptr services;
  const play* what = nullptr;
  /// Collect facts before the first task.
  bool wants_facts = false;
  facts_actor facts;
  progress_actor progress;
  /// Nothing of it may begin: its tasks are accounted for.
  std::optional<run_stop> stopped;
  /// Tasks wait at a gate for those of other hosts.
  bool gated = false;
};

class play_runner_state {
public:
  static inline const char* name = "play_runner";

  explicit play_runner_state(play_runner_actor::pointer self) : self_{self} {
    // nop
  }

  void start(play_setting setting);
  caf::result<play_outcome> go();
  caf::result<ending_ptr> flush(place_ptr where, bool rescued);
  void end_play();
  void lose_host();
  void on_ending(const ending& what);
  void cancel(cancel_reason reason);
  void on_down(const caf::down_msg& down);
  /// Ends the children.
  void abandon(const caf::error& why);

private:
  enum class phase : uint8_t { idle, facts, body, handlers, undoing, done };

  void collect_facts();
  void run_body();
  void warn(std::string message);
  block_setting setting_for(const block& what, bool handlers) const;
  void spawn_block(const block& what, bool handlers, known_names names);
  void block_lost(const block& what, bool handlers, const caf::error& why);

  const state_keeper_actor& state() const {
    return setting_.services->state;
  }

  void note_failure(const ending& ended);
  std::optional<run_stop> why_nothing_begins() const;
  void run_handlers();
  void start_handlers(const std::vector<std::string>& notified);
  void body_ended();
  void wait_for_others();
  void run_last_handlers();
  void roll_back();
  void end_jobs(std::vector<std::string> running);
  void look_back();
  void undo(const run_snapshot& now);
  void handlers_ended();
  /// Whether that does not end the rollback that goes on.
  bool passes_by(cancel_reason reason);
  void report();

  play_runner_actor::pointer self_;
  play_setting setting_;
  scope_ptr scope_;
  phase phase_ = phase::idle;
  caf::typed_response_promise<play_outcome> answer_;
  cancellable body_;
  bool body_done_ = false;
  bool ended_early_ = false;
  // It waits for the other hosts before its last handlers.
  bool at_gate_ = false;
  bool roll_back_ = false;
  // Once, while it was taking back what it had done.
  bool asked_to_end_ = false;
  std::optional<run_stop> cancelled_;
  play_outcome outcome_;

  struct {
    // Tasks that wait for `flush_handlers`.
    std::vector<caf::typed_response_promise<ending_ptr>> flushes;
    // Where the flush that goes on stands; null: at the end of the play.
    place_ptr where;
    // How often it has begun anew.
    uint32_t count = 0;
    bool running = false;
    // A rescue waits for what fails in the flush that goes on.
    bool rescued = false;
    // The first handler that failed in it.
    ending failure;
    // The play's second flush after its tasks has begun.
    bool last = false;
    // No handler begins any more, for one has failed.
    std::optional<run_stop> stop;
    cancellable actor;
    // Blocks of handlers; their tasks are referred to until this actor ends.
    std::list<block> blocks;
    handler_choice choice;
    // Those of the flush that goes on which tasks of this process notified
    // although an earlier one had run them.
    std::shared_ptr<const std::set<std::string>> renewed;
  } handlers_;
};

play_runner_actor::behavior_type
play_runner(play_runner_actor::stateful_pointer<play_runner_state> self,
            play_setting setting);

} // namespace troupe
