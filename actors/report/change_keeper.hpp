#pragma once

#include "actors/report/change_summary.hpp"
#include "actors/report/event_writer.hpp"

namespace troupe {

/// Gathers what a run in check mode would change.
class change_keeper final : public event_writer {
public:
  void on(const run_event& event) override {
    if (auto* ended = event.as<task_ended>())
      summary_.add(*ended->result);
  }

  bool wants(const run_event& event) const override {
    return event.as<task_ended>() != nullptr;
  }

  bool gathers() const override {
    return true;
  }

  /// Whether nothing would change, and of nothing is it not known.
  bool found_none() const {
    return summary_.changes() + summary_.not_known() == 0;
  }

private:
  change_summary summary_;
};

} // namespace troupe
