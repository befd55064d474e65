#pragma once

#include "actors/link/event_intake.hpp"
#include "actors/link/frame.hpp"
#include "actors/link/link_codec.hpp"
#include "actors/link/link_pulse.hpp"
#include "actors/link/link_source.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What one end of a link knows before the first byte.
struct link_terms {
  /// This end has dialled; the other one is the controller.
  bool dials = true;
  /// Of the end that dialled: its own, or what its certificate says.
  link_role role = link_role::runner;
  std::string id;
  std::string software;
  /// Of a host that dials: it tells of runs of its own, and nothing else.
  bool reports = false;
  link_times times;
  /// The window of events, for the end that takes them.
  uint64_t credit = 2048;
  uint64_t lowest = link_lowest_version;
  uint64_t highest = link_highest_version;
};

/// Somebody has introduced himself: `welcome` or `refuse` is to be called.
struct link_joining {
  link_hello hello;
};

struct link_joined {
  link_welcome welcome;
};

/// A message for the owner of this end.
struct link_said {
  link_message message;
};

/// The last note of a session.
struct link_closed {
  link_end why = link_end::lost;
  /// Which rule the peer broke, and with a frame of which type.
  std::optional<link_fault> fault;
  uint8_t type = 0;
  std::optional<link_refusal> refusal;
  /// Dial again not before.
  std::chrono::milliseconds retry{0};
  std::string text;
};

/// What an end of a link tells its owner.
using link_note = std::variant<link_joining, link_joined, link_arrival,
                               link_said, link_closed>;

/// One end of a link from its first byte to its last: bytes and time in, bytes
/// and notes out. It has no clock, no socket, no thread; what it keeps is
/// bounded, whatever the peer does. What it was not told that a peer may send,
/// it refuses, and ends.
///
/// After every call the owner looks at `notes` and `output`.
class link_session {
public:
  /// @param source the events of this end, if it is the one that sends them;
  ///        outlives the session
  link_session(link_terms terms, link_source* source);

  /// The carrier stands, and both ends are sure of each other.
  void open(link_time now);

  /// Bytes came. Give it some 16 KiB at once: notes are kept until they are
  /// taken.
  void take(link_time now, std::string_view bytes);

  /// `due` has come.
  void tick(link_time now);

  /// The carrier is gone.
  void lost(link_time now, std::string text);

  /// Lets in who has introduced himself.
  /// @param stored of each stream in the hello: what is stored
  void welcome(link_time now, std::vector<stream_position> stored);

  void refuse(link_time now, link_refusal why, std::chrono::milliseconds retry,
              std::string text);

  /// All events of a stream up to here are stored for good.
  void stored(link_time now, const stream_position& to);

  /// The source has more.
  void more(link_time now);

  /// Over how much time peers shall spread that lose their link together; told
  /// with the welcome and each heartbeat.
  void spread(std::chrono::milliseconds over) {
    spread_ = over;
  }

  /// False when it is not for this end to send, too large, or too much waits:
  /// then nothing is sent.
  bool send(link_time now, const link_message& message);

  /// Says why and ends.
  void close(link_time now, link_end why, std::string text,
             std::chrono::milliseconds retry = {});

  /// What is to be written; the carrier says how much it took.
  std::string_view output() const {
    return std::string_view{out_}.substr(written_);
  }

  void written(link_time now, size_t bytes);

  /// Whether `send` would find room: what is too much is refused.
  bool has_room() const;

  std::vector<link_note> notes() {
    return std::exchange(notes_, {});
  }

  /// When `tick` has to be called at the latest.
  link_time due() const;

  bool closed() const {
    return phase_ == link_phase::closed;
  }

  bool joined() const {
    return phase_ == link_phase::joined;
  }

  /// Over how much time to spread the next dialling, as the controller said
  /// last.
  std::chrono::milliseconds spread() const {
    return spread_;
  }

  /// Bytes of memory that it holds for its peer.
  size_t held() const {
    return out_.capacity() + decoder_.held();
  }

private:
  /// Whether events go from this end to the other.
  bool gives() const {
    return (terms_.role == link_role::runner) == terms_.dials;
  }

  std::optional<link_fault> judge_head() const;
  void take_frame();
  void hear(link_message& message, const link_row& row);
  void hear_hello(link_hello& hello);
  void hear_welcome(link_welcome& welcome);
  void hear_events(link_events& events);
  void hear_credit(uint64_t more);
  bool put(link_message message);
  void say_all();
  void say_events();
  void fail(link_fault what, uint8_t type);
  void end(link_closed how);

  link_terms terms_;
  link_source* source_;
  link_phase phase_ = link_phase::opening;
  link_pulse pulse_;
  frame_decoder decoder_;
  event_intake intake_;
  // What events may still be sent.
  uint64_t credit_ = 0;
  std::chrono::milliseconds spread_{0};
  std::string out_;
  size_t written_ = 0;
  std::vector<link_note> notes_;
};

} // namespace troupe
