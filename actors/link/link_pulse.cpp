#include "actors/link/link_pulse.hpp"

#include <algorithm>

namespace troupe {

void link_pulse::at(link_time now) {
  if (!begun_) {
    begun_ = true;
    now_ = started_ = heard_ = said_ = moved_ = now;
    return;
  }
  now = std::max(now, now_);
  // It asked to be called by then, and grants as much again for a busy owner.
  auto lost = now - now_ - 2 * std::max(times_.heartbeat, times_.handshake);
  if (lost > link_time::duration{0})
    for (auto* each : {&started_, &heard_, &moved_})
      *each += lost;
  now_ = now;
}

link_time link_pulse::next(bool joined) const {
  if (!joined)
    return started_ + times_.handshake;
  return std::min(said_ + times_.heartbeat, heard_ + 3 * times_.heartbeat);
}

} // namespace troupe
