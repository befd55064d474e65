#pragma once

#include "config/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

/// What must end before what, as edges between points: a task is one point, a
/// block has one where it starts and one where it has ended. Built once to
/// judge and sort a plan; running it needs no graph.
class task_graph {
public:
  using point = uint32_t;

  explicit task_graph(const play& p);

  /// The points that `from` waits for.
  const std::vector<point>& prerequisites(point from) const {
    return edges_[from];
  }

  size_t size() const {
    return edges_.size();
  }

  /// The task at a point; null pointer for a block's.
  const task* task_at(point x) const {
    return tasks_[x];
  }

  /// The block whose start or end this point is; null pointer for a task's.
  const block* block_at(point x) const {
    return blocks_[x];
  }

  /// One shortest cycle for each knot of points that wait for each other.
  std::vector<std::vector<point>> cycles() const;

private:
  point add(const task* t, const block* b);
  point place(const node& child, point start);
  point place(const block& b, point start);
  void link_dependencies();
  std::vector<point> shortest_cycle(const std::vector<point>& knot) const;

  std::vector<std::vector<point>> edges_;
  std::vector<const task*> tasks_;
  std::vector<const block*> blocks_;
  // Where the ending of a task or block of this id is.
  std::unordered_map<std::string, point> ends_;
  std::vector<std::pair<point, const std::vector<std::string>*>> waiting_;
};

} // namespace troupe
