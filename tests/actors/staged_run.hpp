#pragma once

#include "actors/engine.hpp"
#include "actors/run/run.hpp"
#include "tests/actors/virtual_time.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::test {

/// What the staged module does at one call.
struct staged_answer {
  bool failed = false;
  bool changed = false;
  bool skipped = false;
  dict data;
  dict facts;
  /// Virtual time until the answer.
  std::chrono::milliseconds takes{0};
  /// The worker dies instead of answering.
  bool dies = false;
};

/// A worker that answers when its scripted time is over.
using staged_worker = worker_actor::extend<
  // INTERNAL: the answer of this number is due; true: the run stops it.
  caf::reacts_to<tick_atom, uint64_t, bool>>;

/// A whole run in virtual time: a plan whose tasks use the module `stage`
/// ("key": which answers to give), workers that answer from a script.
class staged_run : public virtual_time {
public:
  staged_run() = default;
  ~staged_run();

  /// Answers for tasks with `"key": KEY`, one a call, the last one for ever.
  /// Without any a call succeeds at once and changes nothing.
  std::map<std::string, std::deque<staged_answer>> script;

  /// The system has none for workers.
  bool no_threads = false;

  /// Settings as on the command line.
  dict settings;
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;

  /// Reads and checks the plan; the test fails when it is refused.
  void load(const std::string& plan_text);

  /// What is wrong with a plan.
  std::string refusal(const std::string& plan_text);

  /// Starts the run; it goes on with `settle` and `advance`.
  void start();

  void cancel(cancel_reason reason);

  /// Starts the run and passes as much time as it needs (up to `most`).
  void play_out(std::chrono::hours most = std::chrono::hours{48});

  bool ended() const {
    return outcome_.has_value();
  }

  const run_outcome& outcome() const {
    REQUIRE(outcome_);
    return *outcome_;
  }

  /// The result of a task; the test fails when there is none.
  const task_result& result(const std::string& id) const;

  /// "success", "failed", ... or "none".
  std::string status(const std::string& id) const;

  /// Keys of the calls in the order in which they began.
  std::vector<std::string> calls;
  /// The most calls that ever ran at once.
  unsigned busiest = 0;
  /// Events in their order.
  std::vector<run_event> events;
  run_actor actor;

private:
  caf::result<job_result_ptr> answer(staged_worker::pointer worker,
                                     const job_ptr& what);
  void close_answer(uint64_t id, bool stopped);
  worker_actor make_worker();

  class recorder;

  struct open_answer {
    caf::typed_response_promise<job_result_ptr> promise;
    std::shared_ptr<job_result> made;
  };

  context_ptr ctx_;
  std::optional<run_outcome> outcome_;
  std::map<std::string, result_ptr> results_;
  unsigned busy_ = 0;
  uint64_t next_answer_ = 0;
  std::map<uint64_t, open_answer> open_;
  std::vector<std::unique_ptr<std::stop_callback<std::function<void()>>>>
    stops_;
};

} // namespace troupe::test
