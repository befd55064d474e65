#pragma once

#include "actors/link/frame.hpp"
#include "actors/remote/call_message.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace troupe {

/// What an engine at the other end says before its first message. What a login
/// prints before that is passed over.
inline constexpr std::string_view line_opening = "TROUPE-CALLS-1\n";

/// A message as frames (length, type, payload; see docs/protocol.md): a long
/// one in several, of which all but the last say that more follows. Empty when
/// it is longer than `line_message_most`.
std::string frames_of(const line_message& message);

/// Finds messages in the bytes of a line.
class line_reader {
public:
  /// Calls `on_message` with each message that is whole. False when what came
  /// is none: from then on nothing is taken.
  bool take(std::string_view bytes,
            const std::function<void(line_message)>& on_message);

private:
  bool whole(const std::function<void(line_message)>& on_message);

  frame_decoder frames_;
  // What has come of a message that is longer than a frame.
  std::string held_;
  bool broken_ = false;
};

} // namespace troupe
