#pragma once

#include "actors/fleet/audit_log.hpp"
#include "actors/fleet/enrolment.hpp"
#include "actors/fleet/history_store.hpp"
#include "actors/link/uplink.hpp"
#include "actors/messages.hpp"
#include "platform/host.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

// What the actors of a controller say to each other. SESSION speaks with one
// peer, REGISTRY knows who there is, HISTORY stores events, DISPATCHER leads
// the runs of the fleet.

/// Who is at the other end of a session, as his certificate says.
struct session_peer {
  std::string name;
  link_role role = link_role::runner;
  std::string fingerprint;
  std::string address;
};

/// "operator alice".
std::string to_text(const session_peer& who);

/// Whether a peer may come in, and what of his events is stored.
struct admission {
  std::optional<link_refusal> refusal;
  std::string text;
  std::chrono::milliseconds retry{0};
  std::vector<stream_position> stored;
};

/// REGISTRY or HISTORY ends a session.
struct session_end {
  link_end why = link_end::done;
  std::string text;
  /// How long the peer shall stay away.
  std::chrono::milliseconds retry{0};
};

using admission_ptr = std::shared_ptr<const admission>;
using session_end_ptr = std::shared_ptr<const session_end>;
using positions_ptr = std::shared_ptr<const std::vector<stream_position>>;
using host_events_ptr = std::shared_ptr<std::vector<host_event>>;

using session_actor = caf::typed_actor<
  // The carrier tells something.
  caf::reacts_to<carrier_news>,
  // Itself: something is due.
  caf::reacts_to<tick_atom>,
  // REGISTRY has decided.
  caf::reacts_to<admission_ptr>,
  // HISTORY has stored all up to here.
  caf::reacts_to<positions_ptr>,
  // Somebody has something to say to the peer.
  caf::reacts_to<link_message_ptr>,
  // REGISTRY, HISTORY or the controller ends it.
  caf::reacts_to<session_end_ptr>>;

/// A peer has introduced himself.
struct session_arrival {
  session_actor session;
  session_peer who;
  std::string software;
  /// A host that only tells of runs of its own, beside its agent.
  bool reports = false;
};

/// What a peer says that is not for its SESSION.
struct session_said {
  session_actor session;
  session_peer who;
  link_message_ptr message;
  /// It is the controller itself that asks, for somebody whom it knows.
  bool inside = false;
};

/// Whom a run may be sent to.
struct fleet_target {
  std::string name;
  /// Absent: not there.
  std::optional<session_actor> session;
};

struct target_question {
  std::string hosts;
  /// An expression over facts; empty: all.
  std::string where;
  /// Each name and label in `hosts` has to be somebody's.
  bool every_part = false;
  /// The peer for whom it is; empty: the controller itself.
  std::string asker = {};
};

struct target_answer {
  std::vector<std::string> names;
  /// Why there are none.
  std::string problem;
};

/// A stranger with a token.
struct join_question {
  join_request request;
  std::string address;
};

struct host_run_end {
  std::string host;
  std::string run;
  bool failed = false;
  std::string text;
};

using session_arrival_ptr = std::shared_ptr<const session_arrival>;
using session_said_ptr = std::shared_ptr<const session_said>;
using fleet_target_ptr = std::shared_ptr<const fleet_target>;
using target_question_ptr = std::shared_ptr<const target_question>;
using target_answer_ptr = std::shared_ptr<const target_answer>;
using join_question_ptr = std::shared_ptr<const join_question>;
using join_answer_ptr = std::shared_ptr<const join_answer>;
using host_run_end_ptr = std::shared_ptr<const host_run_end>;

using registry_actor = caf::typed_actor<
  // SESSION: may he come in? Answered with an `admission_ptr`.
  caf::reacts_to<session_arrival_ptr>,
  // SESSION has ended.
  caf::reacts_to<lost_atom, session_said_ptr>,
  // SESSION: what its peer says of itself, asks, or renews.
  caf::reacts_to<session_said_ptr>,
  // DISPATCHER: whom does that mean?
  caf::replies_to<target_question_ptr>::with<target_answer_ptr>,
  // A stranger wants to join.
  caf::replies_to<join_question_ptr>::with<join_answer_ptr>,
  // The controller: all sessions end.
  caf::reacts_to<session_end_ptr>,
  // Itself: a day is over.
  caf::reacts_to<tick_atom>,
  // Itself: store what the store has refused.
  caf::reacts_to<flush_atom>>;

using history_actor = caf::typed_actor<
  // SESSION: store these and tell me.
  caf::reacts_to<session_actor, host_events_ptr>,
  // Itself: store what has come.
  caf::reacts_to<flush_atom>,
  // Itself: forget what is old.
  caf::reacts_to<tick_atom>,
  // SESSION: its peer asks for events.
  caf::reacts_to<session_said_ptr>>;

using dispatcher_actor = caf::typed_actor<
  // The controller: whom to ask for hosts.
  caf::reacts_to<registry_actor>,
  // REGISTRY: a host is there, or is not any more.
  caf::reacts_to<fleet_target_ptr>,
  // SESSION: what its peer says of runs.
  caf::reacts_to<session_said_ptr>,
  // HISTORY: a run has ended on a host.
  caf::reacts_to<host_run_end_ptr>,
  // Itself: something is due.
  caf::reacts_to<tick_atom>>;

/// The store of a controller, for its actors one after another.
struct shared_store {
  std::mutex mutex;
  std::unique_ptr<history_store> kept;
};

/// What a controller counts. From any thread.
struct fleet_counters {
  std::atomic<uint64_t> hosts = 0;
  /// Links that stand, by role.
  std::array<std::atomic<uint64_t>, link_roles> sessions{};
  std::atomic<uint64_t> reporters = 0;
  std::atomic<uint64_t> events_stored = 0;
  std::atomic<uint64_t> bytes_waiting = 0;
  std::atomic<uint64_t> store_failures = 0;
  std::atomic<uint64_t> forget_failures = 0;
  /// Answers over HTTP, by the first digit of their status.
  std::array<std::atomic<uint64_t>, 6> web_answers{};
  /// Rise with each change of what is known of hosts, and of runs.
  std::atomic<uint64_t> host_news = 0;
  std::atomic<uint64_t> run_news = 0;
  store_time began;
};

class web_keys;

/// What all actors of a controller have.
struct fleet_services {
  std::shared_ptr<shared_store> store;
  std::shared_ptr<audit_log> audit;
  std::shared_ptr<host> machine;
  /// Says to who runs the controller what keeps it from its work; empty:
  /// nobody listens. From any thread.
  std::function<void(const std::string&)> tell = nullptr;
  std::shared_ptr<fleet_counters> counters = std::make_shared<fleet_counters>();
  /// Null: nobody is let in over HTTP.
  std::shared_ptr<web_keys> keys = nullptr;
};

/// Tells of a trouble once, however often it is met, and once that it is over.
class trouble_teller {
public:
  trouble_teller() = default;

  explicit trouble_teller(std::function<void(const std::string&)> tell)
      : tell_{std::move(tell)} {
  }

  void say(const std::string& what);
  void over(const std::string& what = "the store takes what waited for it");

private:
  std::function<void(const std::string&)> tell_;
  std::string last_;
};

/// An answer to a question that a session's peer has asked. A body that is
/// longer than a message ends with the sentence that it is.
link_message_ptr answer_to(const session_said& question, std::string body,
                           bool more = false);
link_message_ptr refusal_of(const session_said& question, std::string why);

/// An answer of any length, which goes out in parts that fit into messages as
/// it is made.
class answer_parts {
public:
  /// Both have to outlive it.
  answer_parts(const session_said& question,
               const std::function<void(link_message_ptr)>& send)
      : question_{question}, send_{send} {
  }

  void add(std::string_view text);
  /// The last one.
  void finish();

private:
  const session_said& question_;
  const std::function<void(link_message_ptr)>& send_;
  std::string part_;
};

/// All of one at once.
void answer_in_parts(const session_said& question, std::string_view body,
                     const std::function<void(link_message_ptr)>& send);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::admission_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::session_end_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::positions_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::host_events_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::session_arrival_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::session_said_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::fleet_target_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::target_question_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::target_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::join_question_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::join_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::host_run_end_ptr)
