#include "platform/posix/bounded_capture.hpp"

#include <algorithm>
#include <cstring>

namespace troupe {

void bounded_capture::append(std::string_view piece) {
  if (head_.size() < keep_head_) {
    auto n = std::min(piece.size(), keep_head_ - head_.size());
    head_.append(piece.substr(0, n));
    piece.remove_prefix(n);
  }
  if (!piece.empty())
    append_tail(piece);
}

void bounded_capture::append_tail(std::string_view piece) {
  if (piece.size() > keep_tail_) {
    auto over = piece.size() - keep_tail_;
    dropped_ += over;
    piece.remove_prefix(over);
  }
  if (auto room = keep_tail_ - tail_.size(); room > 0) {
    auto n = std::min(room, piece.size());
    tail_.append(piece.substr(0, n));
    piece.remove_prefix(n);
  }
  // The ring is full from here on: every byte drives out the oldest one.
  dropped_ += piece.size();
  while (!piece.empty()) {
    auto n = std::min(piece.size(), tail_.size() - start_);
    std::memcpy(tail_.data() + start_, piece.data(), n);
    start_ = (start_ + n) % tail_.size();
    piece.remove_prefix(n);
  }
}

captured_output bounded_capture::finish() && {
  captured_output out{std::move(head_), dropped_};
  if (!tail_.empty()) {
    out.bytes.reserve(out.bytes.size() + tail_.size());
    out.bytes.append(tail_, start_);
    out.bytes.append(tail_, 0, start_);
  }
  return out;
}

} // namespace troupe
