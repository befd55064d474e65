#pragma once

#include "actors/messages.hpp"

#include <caf/actor_clock.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace troupe {

/// SCHEDULER: grants slots. Knows how many tasks may run, not which are ready.
using scheduler_actor = caf::typed_actor<
  // A TASK RUNNER is ready and wants a slot.
  caf::reacts_to<acquire_atom, slot_request, slot_listener>,
  // The holder of a slot is done with it.
  caf::reacts_to<release_atom, uint64_t>,
  // INTERNAL: time to look for slots that are held for too long.
  caf::reacts_to<tick_atom>>;

class scheduler_state {
public:
  static inline const char* name = "scheduler";

  explicit scheduler_state(scheduler_actor::pointer self) : self_{self} {
    // nop
  }

  void start(unsigned slots);
  void acquire(slot_request wanted, slot_listener who);
  void release(uint64_t id);
  void look_for_stuck();
  void on_down(const caf::down_msg& down);

private:
  struct waiting {
    slot_request request;
    slot_listener who;
  };

  struct granted {
    std::vector<shared_limit> limits;
    slot_listener holder;
    uint64_t generation = 0;
    /// By the clock of the actor system; absent: for ever.
    std::optional<caf::actor_clock::time_point> until;
  };

  using queue_key = std::pair<int64_t, uint64_t>;

  void grant();
  bool fits(const slot_request& wanted) const;
  void hand_out(waiting next);
  void take_back(std::map<uint64_t, granted>::iterator at);

  scheduler_actor::pointer self_;
  unsigned slots_ = 1;
  std::map<queue_key, waiting> queue_;
  std::map<uint64_t, granted> granted_;
  std::map<std::string, unsigned> in_use_;
  // How many slots each holder has: it is monitored while it has one.
  std::unordered_map<caf::actor_addr, unsigned> held_;
  // How many requests of each wait.
  std::unordered_map<caf::actor_addr, unsigned> asked_;
  uint64_t next_order_ = 0;
  uint64_t next_slot_ = 0;
  bool watching_ = false;
};

/// Spawn with the number of tasks that may run at once.
scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          unsigned slots);

} // namespace troupe
