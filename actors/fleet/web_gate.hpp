#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <string>

namespace troupe {

/// Whom a controller's own questions go to.
struct web_gate_setting {
  caf::actor_system* system = nullptr;
  registry_actor registry;
  history_actor history;
  dispatcher_actor dispatcher;
};

/// Asks the actors of a controller what a peer of a link may ask them, from
/// threads that may wait, and waits for the answer: 10 s at most. Many at once.
class web_gate {
public:
  explicit web_gate(web_gate_setting setting) : setting_{std::move(setting)} {
  }

  /// The whole answer. Class `timeout` when there was none, `invalid_argument`
  /// for a refusal.
  result<std::string> ask(const session_peer& who, link_question what,
                          const std::string& subject,
                          const std::string& options = "{}");

  /// Gives the controller a signed order. What it then says of the run.
  result<std::string> submit(const session_peer& who, const link_plan& plan,
                             std::string order);

  void cancel(const session_peer& who, const std::string& run);

private:
  void tell(const session_peer& who, const session_actor& from,
            link_message message);

  web_gate_setting setting_;
};

} // namespace troupe
