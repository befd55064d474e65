#pragma once

#include "platform/process.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// Keeps the first and the last bytes of a stream of any length, so that a
/// program that prints gigabytes costs no more memory than one that does not.
class bounded_capture {
public:
  bounded_capture(size_t keep_head, size_t keep_tail)
      : keep_head_{keep_head}, keep_tail_{keep_tail} {
  }

  void append(std::string_view piece);

  /// Something had to be dropped.
  bool is_full() const {
    return dropped_ > 0;
  }

  /// Head and tail joined, and how much is missing between them.
  captured_output finish() &&;

private:
  void append_tail(std::string_view piece);

  size_t keep_head_;
  size_t keep_tail_;
  std::string head_;
  // A ring of `keep_tail_` bytes once it is full; `start_` is its oldest byte.
  std::string tail_;
  size_t start_ = 0;
  uint64_t dropped_ = 0;
};

} // namespace troupe
