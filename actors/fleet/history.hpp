#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace troupe {

struct history_setting {
  fleet_services services;
  dispatcher_actor dispatcher;
};

/// HISTORY: stores the events of all hosts. What has come together is stored
/// together, and a session hears of it only once it is on the disk; what
/// cannot be stored is tried again, and until then nobody is told. On a thread
/// of its own.
class history_state {
public:
  static inline const char* name = "history";

  explicit history_state(history_actor::pointer self) : self_{self} {
    // nop
  }

  void start(history_setting setting);
  void take(const session_actor& from, const host_events_ptr& events);
  void flush();
  void answer(const session_said& question);

private:
  struct batch {
    session_actor from;
    host_events_ptr events;
  };

  result<std::string> events_for(const link_ask& ask);
  void tell(const batch& one);

  history_actor::pointer self_;
  history_setting setting_;
  std::vector<batch> waiting_;
};

history_actor::behavior_type
history(history_actor::stateful_pointer<history_state> self,
        history_setting setting);

/// How a run ended, by the body of its last event.
host_run_end ending_of(const std::string& host, const std::string& run,
                       const std::string& body);

} // namespace troupe
