#pragma once

#include "config/plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace troupe {

/// Puts the tasks of a streamed plan in an order in which each comes after
/// what it depends on, keeping some 30 bytes of each. Sorts as `order_plan`
/// does.
class streamed_order {
public:
  /// @param count tasks that are going to be added
  explicit streamed_order(size_t count) {
    ids_.reserve(count);
    wanted_end_.reserve(count);
  }

  /// The next task of the file.
  void add(const task& t);

  /// Some task names what it depends on.
  bool is_graph() const {
    return !wanted_.empty();
  }

  /// Numbers of the tasks; empty when they run as they stand in the file.
  /// Nothing when an id stands twice or nowhere, or tasks wait in a circle:
  /// reading the plan as a whole tells which.
  std::optional<std::vector<uint32_t>> finish();

private:
  bool resolve();
  std::optional<std::vector<uint32_t>> sorted();

  // By task: the hash of its id.
  std::vector<uint64_t> ids_;
  // What tasks depend on, one task's after another's: first the hashes of
  // ids, then numbers.
  std::vector<uint64_t> wanted_;
  // By task: where its part of `wanted_` ends.
  std::vector<uint32_t> wanted_end_;
  // By task; empty while all are zero.
  std::vector<int64_t> priorities_;
};

} // namespace troupe
