#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace troupe {

using doorstep_actor = caf::typed_actor<caf::reacts_to<carrier_news>,
                                        // Itself: it took too long.
                                        caf::reacts_to<tick_atom>>;

struct doorstep_setting {
  std::shared_ptr<connection> line;
  std::string address;
  registry_actor registry;
  std::shared_ptr<audit_log> audit;
};

/// DOORSTEP: speaks with a stranger who has a token, and with nobody else: one
/// bounded request, one answer, within some seconds.
class doorstep_state {
public:
  static inline const char* name = "doorstep";

  explicit doorstep_state(doorstep_actor::pointer self) : self_{self} {
    // nop
  }

  void start(doorstep_setting setting);
  void hear(carrier_news& news);
  void end();
  void abandon(const caf::error& why);

private:
  void refuse(const std::string& why);

  doorstep_actor::pointer self_;
  doorstep_setting setting_;
  std::string came_;
  bool asked_ = false;
};

doorstep_actor::behavior_type
doorstep(doorstep_actor::stateful_pointer<doorstep_state> self,
         doorstep_setting setting);

} // namespace troupe
