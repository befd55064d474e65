#pragma once

#include "config/value/text_position.hpp"

namespace troupe {

/// Counts lines and characters on the way through a text.
class place_counter {
public:
  place_counter(const char* begin, text_position first)
      : at_{begin}, place_{first} {
  }

  /// The place of `there`, which is not before the last one that was asked for.
  text_position go_to(const char* there) {
    for (; at_ < there; ++at_)
      if (*at_ == '\n')
        place_ = {place_.line + 1, 1};
      else
        // Bytes that go on with a character count with its first.
        place_.column += (*at_ & 0xc0) == 0x80 ? 0 : 1;
    return place_;
  }

private:
  const char* at_;
  text_position place_;
};

} // namespace troupe
