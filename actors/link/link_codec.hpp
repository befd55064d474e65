#pragma once

#include "actors/link/link_limits.hpp"
#include "actors/link/link_message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe {

/// When a message may come.
enum class link_phase : uint8_t {
  /// Nobody has introduced himself.
  opening,
  /// Who dialled has; the other end has not answered.
  waiting,
  joined,
  closed,
};

/// What one type of message is: who may send it when, and how large. What no
/// row allows is refused.
struct link_row {
  uint8_t number;
  const char* name;
  /// Who may send it to a controller.
  link_role_set from;
  /// Whom a controller may send it to.
  link_role_set to;
  /// Bytes of its payload.
  uint32_t most;
  /// From when until when.
  link_phase first;
  link_phase last;
  /// Read before versions are agreed on: later versions may have more fields.
  bool open;
};

std::span<const link_row> link_rows();

/// Null for a number that no message has.
const link_row* row_of(uint8_t number);

inline const link_row& row_of(const link_message& message) {
  return link_rows()[message.index()];
}

/// Whether a message with this number may come from such a peer (or, for the
/// one who dialled, from its controller).
bool may_send(const link_row& row, link_role peer, bool to_controller);

/// The questions that a role may ask.
bool may_ask(link_role peer, link_question what);

/// A frame: length of the payload (u32, least byte first), type, payload.
inline constexpr size_t frame_head = 5;

/// Nothing when the message is larger than it may be.
std::optional<std::string> write_frame(link_message message);

/// Nothing when the payload is not what a message of this type has, or passes
/// one of its bounds. Takes some 100 kB at most beyond what the payload takes.
std::optional<link_message> read_message(const link_row& row,
                                         std::string_view payload);

/// The same for what is kept elsewhere in the form that messages have.
std::string write_event(link_event event);
std::optional<link_event> read_event(std::string_view bytes);
std::string write_position(stream_position at);
std::optional<stream_position> read_position(std::string_view bytes);

/// What a message of this type is before it has fields.
link_message empty_message(const link_row& row);

void visit_fields(link_message& message, link_fields& of);

} // namespace troupe
