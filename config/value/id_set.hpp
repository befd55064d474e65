#pragma once

#include "config/value/value.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// A set of many ids that keeps 64 bits of each: two ids are taken for one
/// with a probability of 2^-63.
class id_set {
public:
  void insert(std::string_view id) {
    if (2 * (size_ + 1) > places_.size())
      grow();
    size_ += put(name_key::hash_of(id)) ? 1 : 0;
  }

  bool contains(std::string_view id) const {
    if (places_.empty())
      return false;
    auto hash = name_key::hash_of(id);
    auto at = hash & (places_.size() - 1);
    while (places_[at] != 0 && places_[at] != hash)
      at = (at + 1) & (places_.size() - 1);
    return places_[at] == hash;
  }

  size_t size() const {
    return size_;
  }

private:
  bool put(uint64_t hash) {
    auto at = hash & (places_.size() - 1);
    while (places_[at] != 0 && places_[at] != hash)
      at = (at + 1) & (places_.size() - 1);
    return std::exchange(places_[at], hash) == 0;
  }

  void grow() {
    auto old = std::move(places_);
    places_.assign(std::max<size_t>(64, 2 * old.size()), 0);
    for (auto hash : old)
      if (hash != 0)
        put(hash);
  }

  // Open addressing, at most half full; no hash is zero.
  std::vector<uint64_t> places_;
  size_t size_ = 0;
};

} // namespace troupe
