#pragma once

#include "actors/report/sink.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace troupe {

/// PROGRESS: numbers the events of a run and passes them to its sinks.
using progress_actor = caf::typed_actor<
  // STATE KEEPER, RUN or FACTS has something to tell. PROGRESS fills in
  // sequence, run, host and time.
  caf::reacts_to<run_event>,
  // RUN has ended: answers once every sink has written everything.
  caf::replies_to<finish_atom>::with<bool>>;

/// A sink, and what its writer wants to hear of.
struct progress_sink {
  sink_actor actor;
  std::shared_ptr<const event_writer> writer;
};

class progress_state {
public:
  static inline const char* name = "progress";

  explicit progress_state(progress_actor::pointer self) : self_{self} {
    // nop
  }

  void start(std::string run, std::string host,
             std::vector<progress_sink> sinks);
  void publish(run_event event);
  caf::result<bool> finish();
  void on_down(const caf::actor_addr& who);

private:
  void answer_if_done();

  progress_actor::pointer self_;
  std::string run_;
  std::string host_;
  std::vector<progress_sink> sinks_;
  uint64_t sequence_ = 0;
  size_t open_ = 0;
  caf::typed_response_promise<bool> done_;
};

/// Spawn with the run's id, the host's name and the sinks to feed.
progress_actor::behavior_type
progress(progress_actor::stateful_pointer<progress_state> self, std::string run,
         std::string host, std::vector<progress_sink> sinks);

} // namespace troupe
