#pragma once

#include "actors/run/task_result.hpp"
#include "config/plan/plan.hpp"
#include "config/value/variables.hpp"
#include "modules/module.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Why a run is being ended early.
enum class cancel_reason : uint8_t {
  interrupted,
  terminated,
  timeout,
  failed,
  /// The journal cannot be written any more.
  state_lost,
  /// `meta: end_play`: no failure, only nothing more.
  play_ended,
};

} // namespace troupe

CAF_BEGIN_TYPE_ID_BLOCK(troupe, first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe, (troupe::cancel_reason))

  CAF_ADD_ATOM(troupe, troupe, acquire_atom, "acquire")
  CAF_ADD_ATOM(troupe, troupe, release_atom, "release")
  CAF_ADD_ATOM(troupe, troupe, abandon_atom, "abandon")
  CAF_ADD_ATOM(troupe, troupe, cancel_atom, "cancel")
  CAF_ADD_ATOM(troupe, troupe, subscribe_atom, "subscribe")
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
  /// The task whose failure is behind `failed` or `blocked`.
  std::string culprit;
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

/// One call of a module, as the journal knows it.
struct call_key {
  std::string task;
  uint64_t item = 0;
  unsigned attempt = 1;
  /// The call may be made again if nobody knows whether it took effect.
  bool repeatable = true;
  /// What it changes is written down before that happens, so that its beginning
  /// alone says nothing.
  bool noted = false;
};

/// One call of a module.
struct job {
  call_key key;
  std::shared_ptr<const task_module> module;
  arguments args;
  bool check_mode = false;
  bool diff_mode = false;
  int verbosity = 0;
  uint64_t output_limit = 0;
  std::vector<std::pair<std::string, std::string>> environment;
  /// Whom the module acts for; empty: the user of the run.
  std::string become_user;
  std::string become_method;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
  std::shared_ptr<const variables> names;
};

using job_ptr = std::shared_ptr<const job>;

/// What came of a job.
struct job_result {
  module_result result;
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{0};
};

using job_result_ptr = std::shared_ptr<const job_result>;

/// WORKER: runs one blocking module call at a time.
using worker_actor = caf::typed_actor<
  // A TASK RUNNER has a slot and wants a module to run.
  caf::replies_to<job_ptr>::with<job_result_ptr>>;

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

/// A permission to run, and the worker to do it: null when the system gives no
/// thread to the only task that could run now.
struct slot {
  uint64_t id = 0;
  uint64_t generation = 0;
  worker_actor worker;
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

/// What happened, in the order in which it became known.
struct run_event {
  enum class kind : uint8_t {
    run_started,
    play_started,
    task_started,
    task_retry,
    task_ended,
    facts_collected,
    error,
    run_ended,
  };

  kind what = kind::error;
  uint64_t sequence = 0;
  std::string run;
  std::string host;
  std::chrono::system_clock::time_point time;
  /// The play's name, the task's id, or empty.
  std::string subject;
  /// The task's name, or the message of an error.
  std::string text;
  /// For tasks.
  std::string module;
  unsigned attempt = 0;
  std::chrono::nanoseconds delay{0};
  /// For `task_ended`.
  result_ptr result;
  /// For `run_started`, `run_ended`, and all counts in between.
  run_counts counts;
  /// For `run_ended`: how it ended, in words.
  std::string outcome;
  bool failed = false;
  bool handler = false;
  /// For `task_ended`: it ended in an earlier process of this run.
  bool restored = false;
};

using event_ptr = std::shared_ptr<const run_event>;

const char* to_string(run_event::kind what);

/// Where a run is: what a query answers while it goes on.
struct run_snapshot {
  std::string play;
  std::vector<std::string> running;
  std::vector<std::string> failed;
  std::vector<std::string> changed;
  /// Failed because nobody knows whether they took effect in an earlier
  /// process of this run.
  std::vector<std::string> unknown;
  run_counts counts;
  std::chrono::system_clock::time_point start;
};

using snapshot_ptr = std::shared_ptr<const run_snapshot>;

/// How a run ended.
struct run_outcome {
  run_counts counts;
  std::vector<std::string> failed_tasks;
  std::vector<std::string> changed_tasks;
  std::vector<std::string> unknown_tasks;
  bool cancelled = false;
  cancel_reason why_cancelled = cancel_reason::interrupted;
  /// Not empty when the engine itself gave up: what happened.
  std::string broken;
  /// Not empty when the run had no place for its files; nothing ran.
  std::string no_state;
  /// Not empty when the journal could not be written any more: why.
  std::string lost_state;
  std::string sentence;
  std::chrono::nanoseconds duration{0};
  /// Workers that are stuck in a call and keep their threads.
  uint64_t stuck_workers = 0;
};

using outcome_ptr = std::shared_ptr<const run_outcome>;

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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::job_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::job_result_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::slot_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::slot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::run_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::outcome_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::facts_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::result_ptr)
