#include "actors/link/frame.hpp"

#include "actors/link/link_limits.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// What a buffer may keep from one frame to the next: ten thousand links that
/// have nothing to say shall take little.
constexpr size_t kept_buffer = 4096;

} // namespace

frame_step frame_decoder::take_head(std::string_view& bytes) {
  auto n = std::min(bytes.size(), head_.size() - head_size_);
  std::copy_n(bytes.begin(), n, head_.begin() + head_size_);
  bytes.remove_prefix(n);
  head_size_ = static_cast<uint8_t>(head_size_ + n);
  if (head_size_ < head_.size())
    return frame_step::more;
  length_ = 0;
  for (unsigned i = 0; i < 4; ++i)
    length_ |= uint32_t{head_[i]} << (8 * i);
  type_ = head_[4];
  return length_ > frame_most ? frame_step::too_long : frame_step::head;
}

frame_step frame_decoder::take(std::string_view& bytes) {
  if (whole_) {
    whole_ = false;
    head_size_ = 0;
    payload_.clear();
    if (payload_.capacity() > kept_buffer)
      payload_.shrink_to_fit();
  }
  if (head_size_ < head_.size())
    return take_head(bytes);
  if (length_ > frame_most)
    return frame_step::too_long;
  auto n = std::min<size_t>(bytes.size(), length_ - payload_.size());
  payload_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  whole_ = payload_.size() == length_;
  return whole_ ? frame_step::whole : frame_step::more;
}

} // namespace troupe
