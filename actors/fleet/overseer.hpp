#pragma once

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <functional>
#include <string>
#include <vector>

namespace troupe {

struct overseer_setting {
  struct watched {
    std::string name;
    caf::actor who;
  };

  std::vector<watched> all;
  /// Called once with who died and why; on the overseer's thread.
  std::function<void(const std::string&)> failed;
};

/// OVERSEER: watches the actors without which a controller cannot go on
/// truthfully. When one dies it sends the others away and says so: the process
/// ends, and the next one begins with what is in the store. Who is sent away as
/// the controller ends has not died.
caf::behavior overseer(caf::event_based_actor* self, overseer_setting setting);

} // namespace troupe
