#include "platform/entropy.hpp"

#include <utility>

namespace troupe {

namespace {

thread_local std::optional<std::mt19937_64> repeated;

} // namespace

uint32_t fresh_seed() {
  return repeated ? static_cast<uint32_t>((*repeated)() >> 32U)
                  : std::random_device{}();
}

repeatable_chance::repeatable_chance(uint64_t seed)
    : before_{std::exchange(repeated, std::mt19937_64{seed})} {
}

repeatable_chance::~repeatable_chance() {
  repeated = std::move(before_);
}

} // namespace troupe
