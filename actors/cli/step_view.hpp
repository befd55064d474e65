#pragma once

#include "actors/report/event_writer.hpp"
#include "actors/run/task_gate.hpp"

#include <memory>

namespace troupe {

/// Shows a run as another view does and asks on the terminal about each task,
/// when all that came before is shown. At the end of the input the run
/// ends.
class step_view final : public event_writer {
public:
  step_view(std::shared_ptr<event_writer> shown,
            std::shared_ptr<task_gate> gate)
      : shown_{std::move(shown)}, gate_{std::move(gate)} {
  }

  void on(const run_event& event) override;

  bool wants(const run_event& event) const override {
    return event.as<task_question>() || shown_->wants(event);
  }

  void finish() override {
    shown_->finish();
  }

private:
  void ask(const task_question& about);

  std::shared_ptr<event_writer> shown_;
  std::shared_ptr<task_gate> gate_;
};

} // namespace troupe
