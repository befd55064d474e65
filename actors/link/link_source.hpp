#pragma once

#include "actors/link/link_message.hpp"

#include <cstddef>
#include <vector>

namespace troupe {

/// Where the events come from that one end of a link sends.
class link_source {
public:
  virtual ~link_source() = default;

  /// Of each stream that may go on: what is known to be stored.
  virtual std::vector<stream_position> positions() const = 0;

  /// A new link begins: what is not acknowledged was not sent.
  virtual void rewind() = 0;

  /// Bytes of the body of the next event that was not sent; nothing when all
  /// were.
  virtual bool next_size(size_t& bytes) = 0;

  /// Takes it. False when it cannot be had any more.
  virtual bool next(link_event& to) = 0;

  /// The other end has stored all up to here. What was never sent by then is
  /// not needed there any more.
  virtual void acknowledged(const stream_position& to) = 0;
};

} // namespace troupe
