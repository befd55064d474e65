#include "platform/simulated/chance.hpp"

namespace troupe {

namespace {

/// The last steps of splitmix64: every bit depends on every other.
uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111eb;
  return x ^ (x >> 31U);
}

} // namespace

uint64_t seeded_number(uint64_t seed, std::string_view key) {
  auto hash = mixed(seed);
  for (auto c : key)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mixed(hash);
}

double seeded_chance::draw(std::string_view key) {
  uint64_t times = 0;
  {
    std::lock_guard guard{lock_};
    times = drawn_[seeded_number(0, key)]++;
  }
  auto bits = seeded_number(mixed(seed_ + times), key) >> 11U;
  return static_cast<double>(bits) / 9007199254740992.0;
}

} // namespace troupe
