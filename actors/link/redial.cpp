#include "actors/link/redial.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::milliseconds first_bound{1000};
constexpr std::chrono::milliseconds last_bound{60'000};

/// A number that looks like chance for each pair (splitmix64).
uint64_t scattered(uint64_t seed, uint64_t step) {
  auto x = seed + (step + 1) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

} // namespace

std::chrono::milliseconds redial_delay(uint64_t seed, unsigned attempt,
                                       std::chrono::milliseconds spread) {
  auto bound
    = std::min(last_bound, first_bound * (1U << std::min(attempt, 6U)));
  auto most = static_cast<uint64_t>(std::max(bound, spread).count());
  return std::chrono::milliseconds{scattered(seed, attempt) % (most + 1)};
}

} // namespace troupe
