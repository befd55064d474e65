#pragma once

#include "actors/events.hpp"
#include "config/value/variables.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

CAF_BEGIN_TYPE_ID_BLOCK(troupe, first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe, (troupe::cancel_reason))

  CAF_ADD_ATOM(troupe, troupe, acquire_atom, "acquire")
  CAF_ADD_ATOM(troupe, troupe, release_atom, "release")
  CAF_ADD_ATOM(troupe, troupe, lost_atom, "lost")
  CAF_ADD_ATOM(troupe, troupe, cancel_atom, "cancel")
  CAF_ADD_ATOM(troupe, troupe, subscribe_atom, "subscribe")
  CAF_ADD_ATOM(troupe, troupe, asked_atom, "asked")
  CAF_ADD_ATOM(troupe, troupe, started_atom, "started")
  CAF_ADD_ATOM(troupe, troupe, retry_atom, "retry")
  CAF_ADD_ATOM(troupe, troupe, ended_atom, "ended")
  CAF_ADD_ATOM(troupe, troupe, replay_atom, "replay")
  CAF_ADD_ATOM(troupe, troupe, tick_atom, "tick")
  CAF_ADD_ATOM(troupe, troupe, notified_atom, "notified")
  CAF_ADD_ATOM(troupe, troupe, flush_atom, "flush")
  CAF_ADD_ATOM(troupe, troupe, finish_atom, "finish")
  CAF_ADD_ATOM(troupe, troupe, query_atom, "query")
  CAF_ADD_ATOM(troupe, troupe, facts_atom, "facts")
  CAF_ADD_ATOM(troupe, troupe, forget_atom, "forget")
  CAF_ADD_ATOM(troupe, troupe, play_atom, "play")
  CAF_ADD_ATOM(troupe, troupe, go_atom, "go")
  CAF_ADD_ATOM(troupe, troupe, begin_atom, "begin")
  CAF_ADD_ATOM(troupe, troupe, arrived_atom, "arrived")
  CAF_ADD_ATOM(troupe, troupe, meta_atom, "meta")
  CAF_ADD_ATOM(troupe, troupe, tell_atom, "tell")

CAF_END_TYPE_ID_BLOCK(troupe)

namespace troupe {

// What crosses the boundaries between actors. Inside one process messages
// share immutable objects; nothing here is ever sent over a wire as it is.

/// The names that results have made so far.
struct known_names {
  /// Registered results and `set_fact`.
  name_store registered;
  /// What `setup` and FACTS found.
  name_store facts;
  /// Grows with every change, so that of two the newer is known.
  uint64_t version = 0;
};

/// A task or block has ended; STATE KEEPER tells everyone who waits for it.
struct ending {
  std::string id;
  bool failed = false;
  /// Failed, and nothing more shall start because of it.
  bool fatal = false;
  /// Failed, and what the play changed shall be undone.
  bool roll_back = false;
  /// Did not run because a dependency failed.
  bool blocked = false;
  /// Did not run because the run was ended.
  bool cancelled = false;
  /// Failed, as a person has to say how to go on: nothing rescues that.
  bool undecided = false;
  /// `task_report::clears_errors`.
  bool clears_errors = false;
  /// The task whose failure is behind `failed` or `blocked`.
  named_task culprit;
  known_names names;
};

using ending_ptr = std::shared_ptr<const ending>;

/// Anything that waits for endings: TASK RUNNERs, BLOCK RUNNERs, PLAY RUNNER.
using ending_listener = caf::typed_actor<
  // STATE KEEPER reports that something awaited has ended.
  caf::reacts_to<ending_ptr>>;

/// Whatever can be ended early.
using cancellable = caf::typed_actor<
  // The run is over before its time. With `failed` only what has not begun
  // ends.
  caf::reacts_to<cancel_atom, cancel_reason>>;

/// At most `most` tasks that carry `name` run at once.
struct shared_limit {
  std::string name;
  unsigned most = 1;
};

/// What a task needs in order to run.
struct slot_request {
  /// Lower first; then in the order of asking.
  int64_t priority = 0;
  std::vector<shared_limit> limits;
  /// Returned with the slot, so that stale answers are recognised.
  uint64_t generation = 0;
  /// How long the holder may keep the slot before it is told that its worker
  /// must be stuck; zero: for ever.
  std::chrono::nanoseconds longest{0};
};

/// A permission to run.
struct slot {
  uint64_t id = 0;
  uint64_t generation = 0;
};

using slot_ptr = std::shared_ptr<const slot>;

/// What a task says that needs a worker and gets none.
constexpr const char* no_thread_sentence
  = "cannot start a thread for this task: the system gives this program no "
    "more of them (Resource temporarily unavailable)";

/// Whoever asks SCHEDULER for slots.
using slot_listener = caf::typed_actor<
  // SCHEDULER grants a slot.
  caf::reacts_to<slot_ptr>,
  // SCHEDULER: the slot of this generation is held for too long.
  caf::reacts_to<tick_atom, uint64_t>>;

/// Facts by their Ansible names.
struct fact_set {
  dict facts;
  std::vector<std::string> warnings;
  std::chrono::system_clock::time_point collected;
};

using facts_ptr = std::shared_ptr<const fact_set>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::ending_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::ending)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::known_names)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::slot_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::slot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::run_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::task_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::task_retry)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::tasks_included)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::items_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::outcome_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::facts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::result_ptr)
