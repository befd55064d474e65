#pragma once

#include "actors/link/link_message.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace troupe {

/// An event that came for the first time.
struct link_arrival {
  link_event event;
  /// So many before it were left out by who sent it.
  uint64_t missing = 0;
};

/// The end of a link that takes events: knows each only once, in order, and
/// grants no more than its owner has room for.
class event_intake {
public:
  /// @param granted what the peer knows already that it may send
  event_intake(uint64_t window, uint64_t granted)
      : window_{window}, granted_{granted} {
  }

  /// What is stored of a stream, before any event of it comes.
  void knows(const stream_position& at);

  /// One that has come before leads to no arrival, only to an acknowledgement.
  std::optional<link_fault> take(link_event event,
                                 std::vector<link_arrival>& to);

  /// The owner has stored all of a stream up to here, for good.
  void stored(const stream_position& to);

  /// What there is to acknowledge; empty when nothing is.
  std::vector<stream_position> take_acknowledgements();

  /// What to grant; 0 while the peer has enough.
  uint64_t take_grant();

private:
  struct stream {
    uint64_t taken = 0;
    uint64_t stored = 0;
    // The number of the event with which it ends; 0: not known.
    uint64_t last = 0;
    bool to_tell = false;
  };

  struct waiting {
    stream_position at;
    uint64_t cost = 0;
  };

  void drop_stored();
  /// Makes room for a stream: an event of one that is forgotten would be taken
  /// for a new one, so the oldest that has ended goes. False: none has.
  bool forget_one();

  uint64_t window_;
  uint64_t granted_;
  // What events that are not stored take of the window.
  uint64_t held_ = 0;
  std::map<link_stream, stream> streams_;
  // In the order in which they came.
  std::deque<waiting> waiting_;
};

} // namespace troupe
