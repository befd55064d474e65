#pragma once

#include "actors/engine.hpp"
#include "actors/run/run_starter.hpp"
#include "tests/actors/virtual_time.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
  /// The module throws what is no exception of the library.
  bool throws = false;
  /// The host of the task cannot be reached.
  bool unreachable = false;
  /// The module does not hear that it is to stop, and has no deadline.
  bool stuck = false;
};

/// A whole run in virtual time: a plan whose tasks use the module `stage`
/// ("key": which answers to give), workers that answer from a script.
class staged_run : public virtual_time {
public:
  staged_run() = default;
  ~staged_run();

  /// Answers for tasks with `"key": KEY`, one a call, the last one for ever.
  /// Without any a call succeeds at once and changes nothing. With answers for
  /// "setup" that is what collects the facts.
  std::map<std::string, std::deque<staged_answer>> script;

  /// The system has none for workers.
  bool no_threads = false;

  /// The host that the run is for; null: the real one.
  std::shared_ptr<host> machine;

  /// Settings as on the command line.
  dict settings;
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;

  /// The hosts of a playbook, `forks` at once; none: it is a run on one host.
  std::vector<std::string> hosts;
  unsigned forks = 5;

  /// Reads and checks the plan; the test fails when it is refused.
  void load(const std::string& plan_text);

  /// What is wrong with a plan.
  std::string refusal(const std::string& plan_text);

  /// Starts the run; it goes on with `settle` and `advance`.
  void start();

  /// The same without any message being delivered.
  void begin();

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
  any_run_actor actor;

  /// What the staged module says at a call.
  module_result answer(const std::string& key, const module_context& ctx);

private:
  class recorder;
  class stage;

  troupe::result<prepared_run> prepared(const std::string& plan_text);

  std::shared_ptr<module_registry> modules_;
  context_ptr ctx_;
  std::shared_ptr<const run_starter> starter_;
  std::shared_ptr<stage> stage_;
  std::optional<run_outcome> outcome_;
  std::map<std::string, result_ptr> results_;
};

} // namespace troupe::test
