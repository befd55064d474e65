#pragma once

#include "config/plan/plan.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

/// The blocks, batches and groups of a plan, the outer ones first, and which of
/// them each task stands in. What is included or streamed is not among them.
struct plan_blocks {
  struct entry {
    std::string name;
    source_place place;
    /// The block around it.
    std::optional<size_t> around;
  };

  std::vector<entry> all;
  /// By the ids of tasks, those of rescues and of handlers included; a task
  /// that is in no block is not there.
  std::unordered_map<std::string, size_t> of_task;
};

plan_blocks blocks_of(const plan& p);

} // namespace troupe
