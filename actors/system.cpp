#include "actors/system.hpp"

#include "actors/messages.hpp"
#include "actors/run/coordinator.hpp"

namespace troupe {

system_config::system_config() {
  add_message_types<caf::id_block::troupe>();
  module_factories.emplace_back(
    [](caf::actor_system& system) -> caf::actor_system::module* {
      return new coordinator{system};
    });
}

} // namespace troupe
