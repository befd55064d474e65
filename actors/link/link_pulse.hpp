#pragma once

#include <chrono>

namespace troupe {

using link_time = std::chrono::steady_clock::time_point;

/// How long one end of a link waits for what.
struct link_times {
  /// For the introduction, from the first moment on.
  std::chrono::milliseconds handshake{5000};
  /// Between two signs of life. After three times that without one from the
  /// peer, the link is dead.
  std::chrono::milliseconds heartbeat{8000};
  /// For the peer to take anything of what waits for it.
  std::chrono::milliseconds stall{60'000};
};

/// The clockwork of one end of a link: when it last heard, spoke, and was rid
/// of something. A time at which the owner was not at work, because the machine
/// slept or the process was stopped, is held against nobody.
class link_pulse {
public:
  explicit link_pulse(link_times times) : times_{times} {
  }

  /// The owner is at work; all other calls mean this moment. A clock that goes
  /// backwards stands still.
  void at(link_time now);

  void heard() {
    heard_ = now_;
  }

  void said() {
    said_ = now_;
  }

  /// The peer takes what waits for it, or something begins to wait.
  void moved() {
    moved_ = now_;
  }

  void beat_every(std::chrono::milliseconds interval) {
    times_.heartbeat = interval;
  }

  bool introduction_is_late() const {
    return now_ >= started_ + times_.handshake;
  }

  bool is_silent() const {
    return now_ >= heard_ + 3 * times_.heartbeat;
  }

  bool is_stalled() const {
    return now_ >= moved_ + times_.stall;
  }

  bool is_to_beat() const {
    return now_ >= said_ + times_.heartbeat;
  }

  /// When the owner has to be at work again at the latest.
  link_time next(bool joined) const;

  link_time now() const {
    return now_;
  }

  const link_times& times() const {
    return times_;
  }

private:
  link_times times_;
  bool begun_ = false;
  link_time now_;
  link_time started_;
  link_time heard_;
  link_time said_;
  link_time moved_;
};

} // namespace troupe
