#include "config/plan/plan_check.hpp"

#include <functional>
#include <queue>
#include <unordered_map>

namespace troupe {

namespace {

int64_t order_of(const node& n) {
  auto* t = std::get_if<task>(&n.what);
  return t ? t->execution_order : 0;
}

/// Which child of a graph holds each id, and what each child waits for.
class graph_sorter {
public:
  explicit graph_sorter(block& b) : block_{b} {
  }

  void run() {
    for (size_t i = 0; i < block_.body.size(); ++i)
      collect_ids(block_.body[i], i);
    waits_.resize(block_.body.size());
    frees_.resize(block_.body.size());
    for (size_t i = 0; i < block_.body.size(); ++i)
      collect_edges(block_.body[i], i);
    sort();
  }

private:
  void collect_ids(const node& n, size_t child) {
    std::visit([&](auto& x) { child_of_.emplace(x.id, child); }, n.what);
    if (auto* b = std::get_if<block>(&n.what))
      for (auto& inner : b->body)
        collect_ids(inner, child);
  }

  void collect_edges(const node& n, size_t child) {
    std::visit(
      [&](auto& x) {
        for (auto& id : x.dependencies) {
          auto found = child_of_.find(id);
          if (found == child_of_.end() || found->second == child)
            continue;
          ++waits_[child];
          frees_[found->second].push_back(child);
        }
      },
      n.what);
    if (auto* b = std::get_if<block>(&n.what))
      for (auto& inner : b->body)
        collect_edges(inner, child);
  }

  void sort() {
    using key = std::pair<int64_t, size_t>;
    std::priority_queue<key, std::vector<key>, std::greater<>> ready;
    for (size_t i = 0; i < waits_.size(); ++i)
      if (waits_[i] == 0)
        ready.emplace(order_of(block_.body[i]), i);
    std::vector<node> sorted;
    std::vector<bool> placed(block_.body.size(), false);
    sorted.reserve(block_.body.size());
    while (!ready.empty()) {
      auto i = ready.top().second;
      ready.pop();
      placed[i] = true;
      sorted.push_back(std::move(block_.body[i]));
      for (auto freed : frees_[i])
        if (--waits_[freed] == 0)
          ready.emplace(order_of(block_.body[freed]), freed);
    }
    // Blocks may wait for parts of each other without any task waiting for
    // itself; such blocks start together.
    for (size_t i = 0; i < placed.size(); ++i)
      if (!placed[i])
        sorted.push_back(std::move(block_.body[i]));
    block_.body = std::move(sorted);
  }

  block& block_;
  std::unordered_map<std::string, size_t> child_of_;
  std::vector<size_t> waits_;
  std::vector<std::vector<size_t>> frees_;
};

void order_block(block& b) {
  if (b.order == block_order::graph)
    graph_sorter{b}.run();
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    for (auto& child : *nodes)
      if (auto* inner = std::get_if<block>(&child.what))
        order_block(*inner);
}

} // namespace

void order_plan(plan& p) {
  for (auto& each : p.plays)
    order_block(each.body);
}

} // namespace troupe
