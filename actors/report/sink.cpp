#include "actors/report/sink.hpp"

namespace troupe {

sink_actor::behavior_type sink(sink_actor::stateful_pointer<sink_state> self,
                               std::shared_ptr<event_writer> writer) {
  self->state.writer = std::move(writer);
  auto pause = self->state.writer->interval();
  if (pause.count() > 0)
    self->delayed_send(self, pause, tick_atom_v);
  return {
    [self](const event_ptr& event) { self->state.writer->on(*event); },
    [self](finish_atom) {
      self->state.writer->finish();
      self->quit();
      return true;
    },
    [self, pause](tick_atom) {
      self->state.writer->refresh();
      self->delayed_send(self, pause, tick_atom_v);
    },
  };
}

} // namespace troupe
