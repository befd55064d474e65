#pragma once

#include <caf/fwd.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace troupe {

/// Something that may block, and how its end is told.
struct blocking_work {
  /// Runs on a WORKER; an exception in it is its author's to catch.
  std::function<void()> run;
  /// Sends messages and nothing else; called on the same thread afterwards.
  std::function<void()> answer;
  /// Ends `run` early; for stages that only pretend to run it.
  std::stop_token stop;
};

/// WORKERs: threads that run one piece of blocking work at a time.
class workers {
public:
  virtual ~workers() = default;

  /// Runs `what` on a thread that is free, or when one becomes free. False
  /// when the system has no thread at all for it; then nothing happens.
  virtual bool start(blocking_work what) = 0;
};

/// WORKERs of one actor system, started when they are first needed. A thread
/// that has an answer runs the actors it concerns until its next work is there
/// (see `coordinator::lead`): waking another one would take longer.
class worker_threads final : public workers {
public:
  /// At most `most` threads; work that finds none waits for one.
  worker_threads(caf::actor_system& system, unsigned most);
  ~worker_threads() override;
  worker_threads(const worker_threads&) = delete;
  worker_threads& operator=(const worker_threads&) = delete;

  bool start(blocking_work what) override;

  /// Lets the threads go, and waits for those that work as long as `patience`.
  /// Answers how many are stuck; those end with the process.
  size_t finish(std::chrono::nanoseconds patience);

private:
  class pool;
  std::shared_ptr<pool> pool_;
};

} // namespace troupe
