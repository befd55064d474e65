#include "config/plan/task_graph.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace troupe {

task_graph::task_graph(const play& p) {
  auto start = add(nullptr, &p.body);
  place(p.body, start);
  link_dependencies();
}

task_graph::point task_graph::add(const task* t, const block* b) {
  edges_.emplace_back();
  tasks_.push_back(t);
  blocks_.push_back(b);
  return static_cast<point>(edges_.size() - 1);
}

/// Adds the points of a child that may start after `start`; returns its end.
task_graph::point task_graph::place(const node& child, point start) {
  if (auto* t = std::get_if<task>(&child.what)) {
    auto here = add(t, nullptr);
    edges_[here].push_back(start);
    ends_.emplace(t->id, here);
    if (!t->dependencies.empty())
      waiting_.emplace_back(here, &t->dependencies);
    return here;
  }
  auto& b = std::get<block>(child.what);
  auto here = add(nullptr, &b);
  edges_[here].push_back(start);
  if (!b.dependencies.empty())
    waiting_.emplace_back(here, &b.dependencies);
  return place(b, here);
}

task_graph::point task_graph::place(const block& b, point start) {
  std::vector<point> ends;
  auto last = start;
  for (auto& child : b.body) {
    last = place(child, b.order == block_order::sequence ? last : start);
    ends.push_back(last);
  }
  // Rescue and always follow the body, one after another.
  for (auto* nodes : {&b.rescue, &b.always})
    for (auto& child : *nodes) {
      last = place(child, last);
      ends.push_back(last);
    }
  auto end = add(nullptr, &b);
  edges_[end].push_back(start);
  if (b.order == block_order::sequence && !ends.empty())
    edges_[end].push_back(last);
  else
    edges_[end].insert(edges_[end].end(), ends.begin(), ends.end());
  ends_.emplace(b.id, end);
  return end;
}

void task_graph::link_dependencies() {
  for (auto& [from, names] : waiting_)
    for (auto& name : *names)
      if (auto to = ends_.find(name); to != ends_.end())
        edges_[from].push_back(to->second);
}

namespace {

/// Tarjan's strongly connected components without recursion, since a chain of
/// tasks may be as long as the plan.
class knot_finder {
public:
  explicit knot_finder(const task_graph& graph)
      : graph_{graph}, index_(graph.size(), unseen), low_(graph.size()),
        on_stack_(graph.size(), false) {
  }

  std::vector<std::vector<task_graph::point>> run() {
    for (task_graph::point x = 0; x < graph_.size(); ++x)
      if (index_[x] == unseen)
        visit(x);
    return std::move(knots_);
  }

private:
  static constexpr uint32_t unseen = std::numeric_limits<uint32_t>::max();

  struct frame {
    task_graph::point at;
    size_t next_edge;
  };

  void enter(task_graph::point x) {
    index_[x] = low_[x] = counter_++;
    stack_.push_back(x);
    on_stack_[x] = true;
    frames_.push_back({x, 0});
  }

  void visit(task_graph::point root) {
    enter(root);
    while (!frames_.empty()) {
      auto& [at, next] = frames_.back();
      auto& edges = graph_.prerequisites(at);
      if (next < edges.size()) {
        auto to = edges[next++];
        if (index_[to] == unseen)
          enter(to);
        else if (on_stack_[to])
          low_[at] = std::min(low_[at], index_[to]);
        continue;
      }
      leave();
    }
  }

  void leave() {
    auto done = frames_.back().at;
    frames_.pop_back();
    if (!frames_.empty()) {
      auto parent = frames_.back().at;
      low_[parent] = std::min(low_[parent], low_[done]);
    }
    if (low_[done] != index_[done])
      return;
    std::vector<task_graph::point> knot;
    for (;;) {
      auto x = stack_.back();
      stack_.pop_back();
      on_stack_[x] = false;
      knot.push_back(x);
      if (x == done)
        break;
    }
    auto& own = graph_.prerequisites(done);
    bool self = std::find(own.begin(), own.end(), done) != own.end();
    if (knot.size() > 1 || self)
      knots_.push_back(std::move(knot));
  }

  const task_graph& graph_;
  std::vector<uint32_t> index_;
  std::vector<uint32_t> low_;
  std::vector<bool> on_stack_;
  std::vector<task_graph::point> stack_;
  std::vector<frame> frames_;
  std::vector<std::vector<task_graph::point>> knots_;
  uint32_t counter_ = 0;
};

} // namespace

std::vector<task_graph::point>
task_graph::shortest_cycle(const std::vector<point>& knot) const {
  // From a few starting points only: the search is linear for each.
  constexpr size_t starts = 16;
  std::vector<bool> inside(size(), false);
  for (auto x : knot)
    inside[x] = true;
  std::vector<point> best;
  for (size_t i = 0; i < std::min(starts, knot.size()); ++i) {
    auto root = knot[knot.size() - 1 - i];
    std::unordered_map<point, point> from;
    std::deque<point> queue{root};
    bool closed = false;
    while (!queue.empty() && !closed) {
      auto at = queue.front();
      queue.pop_front();
      for (auto to : edges_[at]) {
        if (!inside[to] || (to != root && from.contains(to)))
          continue;
        from[to] = at;
        if (to == root) {
          closed = true;
          break;
        }
        queue.push_back(to);
      }
    }
    std::vector<point> cycle{root};
    for (auto at = from[root]; at != root; at = from[at])
      cycle.push_back(at);
    if (best.empty() || cycle.size() < best.size())
      best = std::move(cycle);
  }
  return best;
}

std::vector<std::vector<task_graph::point>> task_graph::cycles() const {
  std::vector<std::vector<point>> out;
  for (auto& knot : knot_finder{*this}.run())
    out.push_back(shortest_cycle(knot));
  return out;
}

} // namespace troupe
