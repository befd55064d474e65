#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

enum class frame_step : uint8_t {
  /// All bytes are taken, and the frame is not whole.
  more,
  /// Type and length are known, nothing of the payload is taken: the time to
  /// refuse it. The next call goes on.
  head,
  whole,
  /// Longer than any frame; nothing is taken any more.
  too_long,
};

/// Finds frames in bytes that come in any pieces. It keeps what has come of
/// one frame, never what was merely announced.
class frame_decoder {
public:
  /// Takes from the beginning of `bytes` what belongs to the present frame.
  frame_step take(std::string_view& bytes);

  /// Of the present frame, from `head` on.
  uint8_t type() const {
    return type_;
  }

  uint32_t length() const {
    return length_;
  }

  /// Of the frame that is whole; another call begins the next one.
  const std::string& payload() const {
    return payload_;
  }

  /// Bytes of memory that it holds.
  size_t held() const {
    return payload_.capacity();
  }

private:
  frame_step take_head(std::string_view& bytes);

  std::array<uint8_t, 5> head_{};
  uint8_t head_size_ = 0;
  uint8_t type_ = 0;
  uint32_t length_ = 0;
  // Whether the frame is whole, so that the next byte is of another one.
  bool whole_ = false;
  std::string payload_;
};

} // namespace troupe
