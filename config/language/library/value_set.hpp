#pragma once

#include "config/language/python/operators.hpp"
#include "config/value/work_meter.hpp"

#include <unordered_set>
#include <vector>

namespace troupe {

/// Values that are different, found again by their hash: as quick as Python's
/// set, for what Python compares one by one too (lists, dicts). Strict
/// undefined values are none of it.
class value_set {
public:
  value_set() = default;

  explicit value_set(const std::vector<value>& items) {
    for (auto& x : items)
      add(x);
  }

  /// Whether it was not there yet.
  bool add(const value& x) {
    return work_meter::make(entry_weight) && items_.insert(x).second;
  }

  bool has(const value& x) const {
    return items_.contains(x);
  }

private:
  static constexpr uint64_t entry_weight = 64;

  struct hashed {
    size_t operator()(const value& x) const {
      return hash(x);
    }
  };

  struct equal {
    bool operator()(const value& x, const value& y) const {
      // What has no hash of its own is compared with all others.
      auto same
        = work_meter::visit() ? equal_values(x, y) : result<bool>{false};
      return same && *same;
    }
  };

  std::unordered_set<value, hashed, equal> items_;
};

} // namespace troupe
