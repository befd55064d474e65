#include "actors/system.hpp"

#include "actors/messages.hpp"

#include <algorithm>
#include <thread>

namespace troupe {

system_config::system_config() {
  add_message_types<caf::id_block::troupe>();
  // Sharing sleeps when there is nothing to do; stealing polls.
  set("scheduler.policy", caf::atom("sharing"));
  auto cores = std::max(1u, std::thread::hardware_concurrency());
  set("scheduler.max-threads", std::min(cores, 4u));
}

} // namespace troupe
