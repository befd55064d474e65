#include "actors/remote/line_frames.hpp"

#include "actors/link/link_limits.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Of the type of a frame: the message goes on in the next one.
constexpr uint8_t goes_on = 0x80;

void put_frame(std::string& to, uint8_t type, std::string_view payload) {
  for (unsigned i = 0; i < 4; ++i)
    to += static_cast<char>((payload.size() >> (8 * i)) & 0xffU);
  to += static_cast<char>(type);
  to += payload;
}

} // namespace

std::string frames_of(const line_message& message) {
  auto bytes = write_line_message(message);
  std::string out;
  if (bytes.size() > line_message_most)
    return out;
  auto type = static_cast<uint8_t>(message.index());
  std::string_view rest{bytes};
  while (rest.size() > frame_most) {
    put_frame(out, type | goes_on, rest.substr(0, frame_most));
    rest.remove_prefix(frame_most);
  }
  put_frame(out, type, rest);
  return out;
}

bool line_reader::take(std::string_view bytes,
                       const std::function<void(line_message)>& on_message) {
  while (!broken_) {
    auto step = frames_.take(bytes);
    if (step == frame_step::more)
      return true;
    if (step == frame_step::too_long
        || (step == frame_step::head
            && held_.size() + frames_.length() > line_message_most)
        || (step == frame_step::whole && !whole(on_message)))
      broken_ = true;
  }
  return false;
}

bool line_reader::whole(const std::function<void(line_message)>& on_message) {
  auto& payload = frames_.payload();
  if ((frames_.type() & goes_on) != 0) {
    held_ += payload;
    return true;
  }
  bool alone = held_.empty();
  held_ += alone ? std::string_view{} : std::string_view{payload};
  auto message = read_line_message(frames_.type(), alone ? payload : held_);
  held_ = {};
  if (!message)
    return false;
  on_message(std::move(*message));
  return true;
}

} // namespace troupe
