#include "actors/system.hpp"

#include "actors/messages.hpp"

namespace troupe {

system_config::system_config() {
  add_message_types<caf::id_block::troupe>();
  // Sharing sleeps when there is nothing to do; stealing polls.
  set("scheduler.policy", caf::atom("sharing"));
  // One thread: the messages of a run are so small that waking a second one
  // for them costs more than it does. What blocks or computes for long has a
  // thread of its own (WORKERs, SINKs, FACTS).
  set("scheduler.max-threads", size_t{1});
}

} // namespace troupe
