#include "platform/posix/live_calls.hpp"

#include <sys/mman.h>

namespace troupe {

live_calls* live_calls::make_shared() {
  // Fresh pages are zero: nothing goes on.
  auto* memory = ::mmap(nullptr, sizeof(live_calls), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<live_calls*>(memory);
}

void live_calls::give_back(live_calls* shared) {
  if (shared)
    ::munmap(shared, sizeof(live_calls));
}

size_t live_calls::begin(uint64_t call) {
  for (size_t i = 0; i < places; ++i) {
    auto place = (call + i) % places;
    uint64_t free = 0;
    if (calls_[place].compare_exchange_strong(free, call + 1))
      return place;
  }
  ++beyond_;
  return places;
}

void live_calls::end(size_t place) {
  if (place < places)
    calls_[place] = 0;
  else
    --beyond_;
}

bool live_calls::has(uint64_t call) const {
  if (beyond_ > 0)
    return true;
  for (auto& each : calls_)
    if (each == call + 1)
      return true;
  return false;
}

bool live_calls::any() const {
  if (beyond_ > 0)
    return true;
  for (auto& each : calls_)
    if (each != 0)
      return true;
  return false;
}

} // namespace troupe
