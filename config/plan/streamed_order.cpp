#include "config/plan/streamed_order.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>

namespace troupe {

void streamed_order::add(const task& t) {
  ids_.push_back(name_key::hash_of(t.id));
  for (auto& id : t.dependencies)
    wanted_.push_back(name_key::hash_of(id));
  wanted_end_.push_back(static_cast<uint32_t>(wanted_.size()));
  if (t.execution_order != 0 && priorities_.empty())
    priorities_.resize(ids_.size() - 1);
  if (t.execution_order != 0 || !priorities_.empty())
    priorities_.push_back(t.execution_order);
}

/// Makes numbers of the hashes in `wanted_`.
bool streamed_order::resolve() {
  struct place {
    uint64_t hash;
    uint32_t number;
  };

  std::vector<place> places;
  places.reserve(ids_.size());
  for (auto id : ids_)
    places.push_back({id, static_cast<uint32_t>(places.size())});
  auto before = [](const place& x, const place& y) { return x.hash < y.hash; };
  std::sort(places.begin(), places.end(), before);
  auto same = [](const place& x, const place& y) { return x.hash == y.hash; };
  if (std::adjacent_find(places.begin(), places.end(), same) != places.end())
    return false;
  for (auto& hash : wanted_) {
    auto at
      = std::lower_bound(places.begin(), places.end(), place{hash, 0}, before);
    if (at == places.end() || at->hash != hash)
      return false;
    hash = at->number;
  }
  return true;
}

std::optional<std::vector<uint32_t>> streamed_order::sorted() {
  auto count = wanted_end_.size();
  std::vector<uint32_t> waits(count);
  // Which tasks wait for each: the part before `frees_end` of it.
  std::vector<uint32_t> frees_end(count + 1);
  for (auto number : wanted_)
    ++frees_end[number + 1];
  for (size_t i = 0; i < count; ++i)
    frees_end[i + 1] += frees_end[i];
  std::vector<uint32_t> frees(wanted_.size());
  auto next = frees_end;
  uint32_t from = 0;
  for (uint32_t i = 0; i < count; ++i) {
    waits[i] = wanted_end_[i] - from;
    for (; from < wanted_end_[i]; ++from)
      frees[next[wanted_[from]]++] = i;
  }
  using key = std::pair<int64_t, uint32_t>;
  std::priority_queue<key, std::vector<key>, std::greater<>> ready;
  auto add = [&](uint32_t i) {
    ready.emplace(priorities_.empty() ? 0 : priorities_[i], i);
  };
  for (uint32_t i = 0; i < count; ++i)
    if (waits[i] == 0)
      add(i);
  std::vector<uint32_t> order;
  order.reserve(count);
  while (!ready.empty()) {
    auto i = ready.top().second;
    ready.pop();
    order.push_back(i);
    for (auto at = frees_end[i]; at < frees_end[i + 1]; ++at)
      if (--waits[frees[at]] == 0)
        add(frees[at]);
  }
  if (order.size() < count)
    return std::nullopt;
  return order;
}

std::optional<std::vector<uint32_t>> streamed_order::finish() {
  if (wanted_.size() > std::numeric_limits<uint32_t>::max() || !resolve())
    return std::nullopt;
  ids_ = {};
  // Without dependencies a plan runs as it is written.
  return is_graph() ? sorted() : std::vector<uint32_t>{};
}

} // namespace troupe
