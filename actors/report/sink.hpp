#pragma once

#include "actors/messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>

namespace troupe {

/// Writes the events of a run in one form: text, live view, NDJSON, JUnit, a
/// report. Plain code without actors; a SINK drives it.
class event_writer {
public:
  virtual ~event_writer() = default;

  virtual void on(const run_event& event) = 0;

  /// Whether `on` has a use for this event. Asked on another thread than the
  /// rest: must depend on nothing that changes.
  virtual bool wants(const run_event&) const {
    return true;
  }

  /// Called about every `interval()` while the run goes on.
  virtual void refresh() {
    // nop
  }

  /// Zero: never refreshed.
  virtual std::chrono::milliseconds interval() const {
    return std::chrono::milliseconds{0};
  }

  /// No more events come; write what is left.
  virtual void finish() {
    // nop
  }
};

/// SINK: drives one event writer at its own pace.
using sink_actor = caf::typed_actor<
  // PROGRESS passes on an event.
  caf::reacts_to<event_ptr>,
  // PROGRESS: no more events; answers when all is written.
  caf::replies_to<finish_atom>::with<bool>,
  // INTERNAL: time to refresh.
  caf::reacts_to<tick_atom>>;

struct sink_state {
  static inline const char* name = "sink";

  std::shared_ptr<event_writer> writer;
};

/// Spawn with the writer to drive. The writer is shared so that its owner can
/// read from it what it gathered, once the sink has finished.
sink_actor::behavior_type sink(sink_actor::stateful_pointer<sink_state> self,
                               std::shared_ptr<event_writer> writer);

} // namespace troupe
