#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <set>

namespace troupe {

struct history_setting {
  fleet_services services;
  dispatcher_actor dispatcher;
  /// Bytes that may wait while the store takes nothing.
  size_t most_waiting = size_t{64} << 20;
  /// How long runs that have ended are kept, and how many runs there are at
  /// most.
  std::chrono::hours keep{24 * 90};
  size_t keep_runs = 10'000;
};

/// HISTORY: stores the events of all hosts. What has come together is stored
/// together, and a session hears of it only once it is on the disk. What cannot
/// be stored is tried again, and until then nobody is told; sessions for whose
/// events there is no room then are ended, and their hosts keep them. On a
/// thread of its own.
class history_state {
public:
  static inline const char* name = "history";

  explicit history_state(history_actor::pointer self) : self_{self} {
    // nop
  }

  void start(history_setting setting);
  void take(const session_actor& from, const host_events_ptr& events);
  void flush();
  void forget();
  void answer(const session_said& question);
  void on_down(const caf::down_msg& down);

private:
  struct batch {
    session_actor from;
    host_events_ptr events;
    size_t bytes = 0;
  };

  void refuse(const session_actor& from);

  result<std::string> events_for(const link_ask& ask);
  void tell(const batch& one);

  history_actor::pointer self_;
  history_setting setting_;
  std::vector<batch> waiting_;
  size_t bytes_ = 0;
  // The store takes nothing at the moment.
  bool failing_ = false;
  // Sessions that have lost events here: what follows would be acknowledged
  // with them.
  std::set<caf::actor_addr> refused_;
  trouble_teller trouble_;
  trouble_teller forget_trouble_;
};

history_actor::behavior_type
history(history_actor::stateful_pointer<history_state> self,
        history_setting setting);

/// What an event says of its run as a whole; absent: nothing.
std::optional<run_news> news_of(const link_event& event);

/// How a run ended, by the body of its last event.
host_run_end ending_of(const std::string& host, const std::string& run,
                       const std::string& body);

} // namespace troupe
