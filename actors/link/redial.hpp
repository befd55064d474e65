#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

/// How long to wait before a link is dialled again: anywhere between nothing
/// and a bound that doubles from 1 s to 60 s with each attempt (full jitter).
/// The same for the same seed and attempt.
/// @param attempt counts from 0; begins anew when a link was joined
/// @param spread the bound is at least this: what the controller asked for, so
///        that not all of its hosts come back at once
std::chrono::milliseconds redial_delay(uint64_t seed, unsigned attempt,
                                       std::chrono::milliseconds spread);

} // namespace troupe
