#pragma once

#include "actors/messages.hpp"
#include "actors/report/sink.hpp"
#include "config/redactor.hpp"
#include "platform/clock.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// PROGRESS: numbers the events of a run and passes them to its sinks.
using progress_actor = caf::typed_actor<
  // STATE KEEPER, RUN or PLAY RUNNER has something to tell. PROGRESS fills in
  // sequence, run, host and time.
  caf::reacts_to<run_event>,
  // A SINK has written everything; not empty: what ended its writer before.
  caf::reacts_to<ended_atom, std::string>,
  // RUN has ended: answers once every sink has written everything, what is
  // wrong with them.
  caf::replies_to<finish_atom>::with<std::vector<std::string>>>;

/// What PROGRESS works with.
struct progress_setting {
  std::string run;
  std::string host;
  /// Of the machine that the events are about.
  std::shared_ptr<clock_source> clock;
  std::vector<std::shared_ptr<sink>> sinks;
  /// What no view may show; null: nothing. Results come without it already.
  std::shared_ptr<const redactor> secrets = nullptr;
};

class progress_state {
public:
  static inline const char* name = "progress";

  explicit progress_state(progress_actor::pointer self) : self_{self} {
    // nop
  }

  void start(progress_setting setting);
  void publish(run_event event);
  caf::result<std::vector<std::string>> finish();
  void on_sink_ended(std::string trouble);

private:
  void answer_if_done();

  progress_actor::pointer self_;
  progress_setting setting_;
  uint64_t sequence_ = 0;
  size_t open_ = 0;
  std::vector<std::string> troubles_;
  caf::typed_response_promise<std::vector<std::string>> done_;
};

progress_actor::behavior_type
progress(progress_actor::stateful_pointer<progress_state> self,
         progress_setting setting);

} // namespace troupe
