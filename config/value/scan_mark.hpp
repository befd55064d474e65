#pragma once

#include <atomic>
#include <cstdint>

namespace troupe {

/// What the language found when it looked through a text, list or dict of a
/// plan; copies forget it, as they may be changed.
class scan_mark {
public:
  scan_mark() = default;

  scan_mark(const scan_mark&) {
  }

  scan_mark& operator=(const scan_mark&) {
    set(0);
    return *this;
  }

  uint8_t get() const {
    return bits_.load(std::memory_order_relaxed);
  }

  void set(uint8_t bits) const {
    bits_.store(bits, std::memory_order_relaxed);
  }

private:
  mutable std::atomic<uint8_t> bits_{0};
};

} // namespace troupe
