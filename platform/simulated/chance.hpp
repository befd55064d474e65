#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe {

/// Chance that can be repeated: a draw depends on the seed, on what is drawn
/// for and on how often that was done, not on which thread asks first.
class seeded_chance {
public:
  explicit seeded_chance(uint64_t seed) : seed_{seed} {
  }

  /// At least 0 and less than 1.
  double draw(std::string_view key);

  /// True with a probability; one that is 0 costs no draw.
  bool happens(double probability, std::string_view key) {
    return probability > 0 && draw(key) < probability;
  }

private:
  uint64_t seed_;
  std::mutex lock_;
  // By what stands for the key, which may be long.
  std::unordered_map<uint64_t, uint32_t> drawn_;
};

/// A number that looks like chance but is the same for the same key and seed.
uint64_t seeded_number(uint64_t seed, std::string_view key);

} // namespace troupe
