#pragma once

#include "actors/messages.hpp"
#include "actors/run/work.hpp"
#include "actors/run/workers.hpp"
#include "actors/state/run_past.hpp"
#include "config/plan/plan.hpp"

#include <caf/actor_clock.hpp>

#include <atomic>
#include <memory>
#include <stop_token>
#include <vector>

namespace troupe {

/// What a WORKER found out for a CALL.
struct call_answer {
  /// Of the attempt that it answers.
  uint64_t generation = 0;
  work_answer what;
  /// Why there is no answer; empty: there is one.
  std::string broken;
};

using call_answer_ptr = std::shared_ptr<const call_answer>;

class call;

/// Whom a CALL belongs to: it has the actor's address, and hears of the steps.
class call_owner {
public:
  virtual ~call_owner() = default;

  /// A number that no other call of this owner has had.
  virtual uint64_t next_generation() = 0;
  virtual void want_slot(slot_request wanted) = 0;
  virtual void give_back(uint64_t slot) = 0;
  /// Runs `run` on a WORKER and sends what it made to this owner; false
  /// without a thread.
  virtual bool work_elsewhere(blocking_work what) = 0;
  /// Sends `answer` to the actor; on any thread.
  virtual std::function<void(call_answer_ptr)> answer_to_me() = 0;
  virtual void wake_later(std::chrono::nanoseconds pause, uint64_t generation)
    = 0;
  /// The clock of the actors.
  virtual caf::actor_clock& timer() = 0;

  /// The first attempt begins, or the engine goes on.
  virtual void call_begins(call& which) = 0;
  /// Another attempt follows after a pause.
  virtual void call_repeats(call& which, std::chrono::nanoseconds pause) = 0;
  /// Its arguments are evaluated, and the engine has to do the rest; `give`
  /// tells what came of it.
  virtual void call_ready(call& which, const item_ready& what) = 0;
  /// `end()` says how. The owner may destroy it.
  virtual void call_ended(call& which) = 0;
};

/// How a call is made.
struct call_setting {
  std::shared_ptr<work> what;
  /// It is repeated as the task says.
  bool repeats = false;
  /// Of slot and locks, besides what the keywords say.
  slot_request wanted;
  /// What an earlier process of this run did of it, if anything.
  std::optional<run_past::call> past = std::nullopt;
  /// When it was under way then, and cannot simply be made again.
  unknown_policy on_unknown = unknown_policy::fail;
};

/// CALL: one piece of work of a task from its first step to its verdict: slot,
/// worker, attempts, deadline, stop. An answer that comes late finds no call
/// with its generation and is dropped.
///
///   here, if that need not wait -> slot -> worker -> judged
///   -> (pause -> slot) -> ended
class call {
public:
  /// How it ended.
  struct ending {
    work_answer what;
    /// Nobody knows whether it took effect before the run died.
    bool unknown = false;
    /// It was not called, or not again, because the run is over.
    bool cancelled = false;
  };

  call(call_setting setting, call_owner& owner);
  /// Asks a worker to stop what it does for it.
  ~call();
  call(const call&) = delete;
  call& operator=(const call&) = delete;

  void begin();
  void on_slot(const slot& given);
  void on_answer(const call_answer& answer);
  /// A pause is over, or the worker should have ended by now.
  void on_tick();
  /// What the engine made of it.
  void give(job_result done);
  /// Ends what has not begun, and asks what runs to stop.
  void cancel(cancel_reason reason);

  /// Whether it waits for this generation.
  bool is(uint64_t generation) const {
    return generation == generation_;
  }

  /// An attempt has begun, and its end is awaited.
  bool running() const {
    return step_ == step::working || step_ == step::engine;
  }

  const work_setting& what() const {
    return setting_.what->setting();
  }

  /// What the keywords of the task say, as far as that is known.
  const resolved_keywords& under() const {
    return *under_;
  }

  unsigned attempt() const {
    return attempt_;
  }

  /// How many may follow that one.
  unsigned attempts_left() const;

  std::vector<troupe::attempt>& attempts() {
    return attempts_;
  }

  ending& end() {
    return end_;
  }

private:
  enum class step : uint8_t {
    idle,
    slot_wanted,
    working,
    /// The engine does it.
    engine,
    pausing,
    ended,
  };

  /// Shared with the worker.
  struct flight {
    std::stop_source stop;
    // By the clock of the actors, in its ticks; zero: not yet.
    std::atomic<int64_t> begun = 0;
    // When it was told to stop; the worker does not see it.
    std::optional<caf::actor_clock::time_point> told = std::nullopt;
  };

  void adopt_keywords();
  bool decide_unknown();
  void step_here();
  void want_slot();
  void take(work_answer answer);
  void take_verdict(item_judged judged);
  void repeat(std::chrono::nanoseconds pause);
  void return_slot();
  void lost(module_result why);
  void finish(work_answer how);

  call_setting setting_;
  call_owner& owner_;
  std::shared_ptr<const resolved_keywords> under_;
  // What they say: absent when it is never repeated; zero when it may take for
  // ever.
  std::optional<retry_policy> retry_;
  std::chrono::nanoseconds limit_{0};
  step step_ = step::idle;
  uint64_t generation_ = 0;
  unsigned attempt_ = 0;
  // The attempt that is under way has been counted.
  bool begun_ = false;
  std::optional<uint64_t> slot_;
  std::shared_ptr<flight> flight_;
  std::optional<cancel_reason> cancelled_;
  std::vector<troupe::attempt> attempts_;
  ending end_;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::call_answer_ptr)
