#pragma once

#include "actors/link/link_carrier.hpp"
#include "actors/link/link_session.hpp"
#include "actors/link/uplink_writer.hpp"
#include "actors/messages.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <optional>

namespace troupe {

/// What the carrier told, of which dialling.
struct carrier_news {
  enum class kind : uint8_t { opened, came, took, gone };

  kind what = kind::gone;
  uint64_t dialling = 0;
  size_t count = 0;
  std::string bytes;
};

/// A message for the other end, inside of this process.
using link_message_ptr = std::shared_ptr<const link_message>;

/// UPLINK: carries what is in the spool of a host to its controller, dials
/// again when it has to, and hands what the controller says to its owner. It
/// locks the spool while it reads it; where a disk may be slow it is spawned
/// on a thread of its own.
using uplink_actor = caf::typed_actor<
  // The view of a run: the spool has more.
  caf::reacts_to<go_atom>,
  // Itself: something is due.
  caf::reacts_to<tick_atom>,
  // The carrier tells something.
  caf::reacts_to<carrier_news>,
  // The owner has something to say. Without a link nothing is said; whoever
  // asked asks again over the next one.
  caf::reacts_to<link_message_ptr>,
  // The owner: no more events come. Answers whether all are acknowledged:
  // at once when the controller was not to be had, else after so much time at
  // the most. UPLINK has ended then.
  caf::replies_to<finish_atom, caf::timespan>::with<bool>>;

struct uplink_setting {
  link_terms terms;
  std::shared_ptr<shared_spool> spool;
  std::shared_ptr<link_carrier> carrier;
  /// Of the pauses before it dials again.
  uint64_t seed = 0;
  /// For a connection to stand, before the handshake of the link begins.
  std::chrono::milliseconds connect{15'000};
  /// Hears when a link is joined, how it ended or why there is none, and what
  /// the controller says; null: nobody does. Called by UPLINK, and must not
  /// wait.
  std::function<void(const link_note&)> heard = nullptr;
};

class uplink_state {
public:
  static inline const char* name = "uplink";

  explicit uplink_state(uplink_actor::pointer self) : self_{self} {
    // nop
  }

  void start(uplink_setting setting);
  void more();
  void tick();
  void hear(carrier_news& news);
  void say(const link_message& message);
  caf::result<bool> finish(caf::timespan most);

private:
  link_time now() const;
  void dial();
  /// There is no connection.
  void failed(std::string why);
  /// Looks at what the session wants to say and have known.
  void go_on();
  void closed(const link_closed& how);
  void write();
  void answer_if_done();
  void wake_at(link_time when);

  uplink_actor::pointer self_;
  uplink_setting setting_;
  std::optional<link_session> session_;
  // Counts the connections, so that news of an earlier one is recognised.
  uint64_t dialling_ = 0;
  unsigned attempt_ = 0;
  // When to dial, or to give up dialling.
  link_time dial_at_ = link_time::max();
  link_time give_up_at_ = link_time::max();
  // For when a tick is under way.
  link_time tick_at_ = link_time::max();
  // Bytes that the carrier has and did not take.
  size_t writing_ = 0;
  std::chrono::milliseconds spread_{0};
  std::optional<caf::typed_response_promise<bool>> done_;
  link_time end_at_ = link_time::max();
};

uplink_actor::behavior_type
uplink(uplink_actor::stateful_pointer<uplink_state> self,
       uplink_setting setting);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::carrier_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::link_message_ptr)
