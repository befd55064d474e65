#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <array>
#include <optional>

namespace troupe {

/// The Mersenne Twister as Python's `random` uses it: with the same seed it
/// gives the same numbers.
class mersenne {
public:
  /// Seeded as `random.Random(seed)` seeds it.
  static result<mersenne> seeded(const value& seed);

  /// Seeded by the operating system.
  static mersenne unseeded();

  /// A number of `bits` random bits, at most 64.
  uint64_t bits(unsigned count);

  /// A number in [0, n).
  uint64_t below(uint64_t n);

  /// Python's `randrange`.
  result<int64_t> range(int64_t from, int64_t to, int64_t step);

private:
  static constexpr size_t size = 624;
  std::array<uint32_t, size> state_{};
  size_t at_ = size;

  uint32_t next();
  void fill(uint32_t seed);
  void fill(const std::vector<uint32_t>& key);
};

} // namespace troupe
