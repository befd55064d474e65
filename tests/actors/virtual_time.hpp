#pragma once

#include "actors/messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

namespace troupe::test {

/// An actor system without threads or real time: messages are delivered by
/// `settle()`, time passes by `advance()`.
struct virtual_time {
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::troupe>();
      set("scheduler.policy", caf::atom("testing"));
    }
  };

  config cfg;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system};
  caf::scheduler::test_coordinator& sched
    = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());

  void settle() {
    while (sched.try_run_once()) {
      // nop
    }
  }

  void advance(caf::timespan duration) {
    sched.advance_time(duration);
    settle();
  }

  /// Sends a request, runs all actors, and returns the reply.
  template <class T, class Handle, class... Ts>
  T ask(const Handle& dest, Ts&&... xs) {
    auto reply = self->request(dest, caf::infinite, std::forward<Ts>(xs)...);
    settle();
    T result;
    reply.receive([&](T& x) { result = std::move(x); },
                  [&](const caf::error& e) { FAIL(to_string(e)); });
    return result;
  }
};

} // namespace troupe::test
