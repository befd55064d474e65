#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe {

/// The versions of the protocol that this program speaks.
inline constexpr uint64_t link_lowest_version = 1;
inline constexpr uint64_t link_highest_version = 2;

/// Bytes of a frame's payload.
inline constexpr size_t frame_most = size_t{1} << 20;

/// Bytes of an event's body, with room for what stands around it.
inline constexpr size_t event_most = frame_most - 1024;

/// Streams that may go on at once on one host.
inline constexpr size_t streams_most = 256;

/// Events in one frame.
inline constexpr size_t batch_most = 1024;

/// Bytes of the name of a run, of a host.
inline constexpr size_t name_most = 128;

/// Bytes of what is said to people.
inline constexpr size_t sentence_most = 1024;

/// Milliseconds that one end may ask the other to wait.
inline constexpr uint64_t wait_most = uint64_t{60} * 60 * 1000;

/// What an event takes of the window that its receiver has granted: room in
/// memory is what it stands for.
constexpr uint64_t credit_for(size_t body) {
  return 1 + body / 4096;
}

/// Less than the largest event takes would be an end of all.
inline constexpr uint64_t credit_least = credit_for(event_most);
inline constexpr uint64_t credit_most = 1'000'000;

} // namespace troupe
