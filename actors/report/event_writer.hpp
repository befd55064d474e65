#pragma once

#include "actors/events.hpp"

#include <chrono>

namespace troupe {

/// Writes the events of a run in one form: text, live view, NDJSON, JUnit, a
/// report. Plain code without actors; a SINK drives it.
class event_writer {
public:
  virtual ~event_writer() = default;

  virtual void on(const run_event& event) = 0;

  /// Whether `on` has a use for this event. Asked on another thread than the
  /// rest: must depend on nothing that changes. All but a few views have none
  /// for items, which come again when their task ends.
  virtual bool wants(const run_event& event) const {
    return event.as<items_ended>() == nullptr;
  }

  /// It needs every event and keeps what it needs of them, so that nothing is
  /// gained by bounding what waits for it.
  virtual bool gathers() const {
    return false;
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

} // namespace troupe
