#pragma once

#include "actors/report/event_writer.hpp"

#include <functional>
#include <memory>

namespace troupe {

/// What may wait for a writer that is slower than its run.
struct sink_bounds {
  size_t events = 20'000;
  /// Of output in their results.
  size_t bytes = size_t{16} << 20;
};

/// SINK: drives one event writer on a thread of its own, at the writer's pace.
/// A run never waits for it; what waits for the writer is bounded, and what
/// had to be left out is counted and told in its place. Progress goes first,
/// and the end of a task whose beginning was shown never: a live view would
/// show it for ever. A writer that throws hears of nothing more.
class sink {
public:
  virtual ~sink() = default;

  virtual void put(const event_ptr& event) = 0;

  /// No more events come. `done` is called once the writer has finished, with
  /// the words of the exception that ended it before; on any thread.
  virtual void finish(std::function<void(std::string trouble)> done) = 0;

  const event_writer& writer() const {
    return *writer_;
  }

protected:
  explicit sink(std::shared_ptr<event_writer> writer)
      : writer_{std::move(writer)} {
  }

  std::shared_ptr<event_writer> writer_;
};

/// A sink with a thread. Without one to be had the writer is called at once:
/// it slows its run down, but shows all the same.
std::unique_ptr<sink> make_sink(std::shared_ptr<event_writer> writer,
                                sink_bounds bounds = {});

/// A sink that calls its writer at once, for stages without threads. Nobody
/// refreshes the writer.
std::unique_ptr<sink> make_immediate_sink(std::shared_ptr<event_writer> writer);

} // namespace troupe
