#pragma once

#include <cstdint>
#include <optional>
#include <random>

namespace troupe {

/// Numbers that begin sequences of chance: of pauses between attempts, of the
/// order `shuffle`, of the filter `random`. Nothing secret is made of them.
uint32_t fresh_seed();

/// As long as it lives, `fresh_seed` of this thread answers with what follows
/// from `seed`, so that what happens can be repeated.
class repeatable_chance {
public:
  explicit repeatable_chance(uint64_t seed);
  ~repeatable_chance();
  repeatable_chance(const repeatable_chance&) = delete;
  repeatable_chance& operator=(const repeatable_chance&) = delete;

private:
  std::optional<std::mt19937_64> before_;
};

} // namespace troupe
