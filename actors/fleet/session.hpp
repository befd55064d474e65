#pragma once

#include "actors/fleet/fleet_messages.hpp"
#include "actors/link/link_session.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <deque>

namespace troupe {

/// Bytes of messages that may wait in all sessions together for peers to take
/// what was said before them.
constexpr size_t session_backlog_most = size_t{256} << 20;

struct session_setting {
  session_peer who;
  std::shared_ptr<connection> line;
  registry_actor registry;
  history_actor history;
  dispatcher_actor dispatcher;
  std::shared_ptr<audit_log> audit;
  link_times times;
  /// Over how much time hosts come back when they are lost together.
  std::chrono::milliseconds spread{10'000};
  /// Of all sessions: what waits in them.
  std::shared_ptr<std::atomic<size_t>> backlog
    = std::make_shared<std::atomic<size_t>>(0);
};

/// SESSION: a controller's end of the link to one peer. What the peer says is
/// judged by the link's tables and the role in its certificate before it comes
/// here; an event counts as stored when HISTORY says so.
class session_state {
public:
  static inline const char* name = "session";

  explicit session_state(session_actor::pointer self) : self_{self} {
    // nop
  }

  session_state(const session_state&) = delete;
  session_state& operator=(const session_state&) = delete;
  ~session_state();

  void start(session_setting setting);
  void hear(carrier_news& news);
  void tick();
  void decide(const admission& how);
  void stored(const std::vector<stream_position>& to);
  void say(link_message_ptr message);
  void end(const session_end& why);
  /// It dies: its peer shall not wait for it.
  void abandon(const caf::error& why);

private:
  link_time now() const;
  void go_on();
  /// As much of what waits as the link has room for.
  void say_waiting();
  void take_note(link_note& note);
  void arrive(link_event event);
  void pass_on(link_message message);
  void closed(const link_closed& how);
  void audit(const std::string& what, const std::string& text);
  void write();
  void wake();

  session_actor::pointer self_;
  session_setting setting_;
  std::optional<link_session> link_;
  host_events_ptr arrived_;
  // Bytes that the connection has and did not take.
  size_t writing_ = 0;
  // An answer may be longer than what a link takes at once.
  std::deque<link_message_ptr> waiting_;
  size_t waiting_bytes_ = 0;
  bool admitted_ = false;
  link_time tick_at_ = link_time::max();
};

session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        session_setting setting);

} // namespace troupe
