#include "actors/conduct/batches.hpp"

#include "config/plan/task_source.hpp"

#include <algorithm>
#include <functional>
#include <random>

namespace troupe {

uint64_t tasks_in(const play& what) {
  uint64_t out = what.body.streamed ? what.body.streamed->size() : 0;
  for_each_task(what.body, [&out](const task&) { ++out; });
  return out;
}

void put_in_order(std::vector<std::string>& hosts, host_order order,
                  std::string_view turn) {
  switch (order) {
  case host_order::inventory:
    break;
  case host_order::reverse_inventory:
    std::reverse(hosts.begin(), hosts.end());
    break;
  case host_order::sorted:
    std::sort(hosts.begin(), hosts.end());
    break;
  case host_order::reverse_sorted:
    std::sort(hosts.begin(), hosts.end(), std::greater<>{});
    break;
  case host_order::shuffle: {
    std::seed_seq seed(turn.begin(), turn.end());
    std::shuffle(hosts.begin(), hosts.end(), std::minstd_rand{seed});
    break;
  }
  }
}

std::vector<std::vector<std::string>>
batches_of(const std::vector<std::string>& hosts,
           const std::vector<batch_size>& sizes) {
  std::vector<std::vector<std::string>> out;
  size_t which = 0;
  for (size_t at = 0; at < hosts.size();) {
    auto most = sizes.empty() ? 0 : sizes[which].of(hosts.size());
    auto left = hosts.size() - at;
    auto count = most == 0 ? left : std::min(most, left);
    auto first = hosts.begin() + static_cast<ptrdiff_t>(at);
    out.emplace_back(first, first + static_cast<ptrdiff_t>(count));
    at += count;
    if (which + 1 < sizes.size())
      ++which;
  }
  return out;
}

} // namespace troupe
