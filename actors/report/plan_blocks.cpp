#include "actors/report/plan_blocks.hpp"

namespace troupe {

namespace {

void collect(const std::vector<node>& nodes, std::optional<size_t> around,
             plan_blocks& out);

void collect(const block& b, std::optional<size_t> around, plan_blocks& out) {
  auto number = out.all.size();
  out.all.push_back({b.name.empty() ? b.id : b.name, b.place, around});
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    collect(*nodes, number, out);
}

void collect(const std::vector<node>& nodes, std::optional<size_t> around,
             plan_blocks& out) {
  for (auto& child : nodes)
    if (auto* inner = std::get_if<block>(&child.what))
      collect(*inner, around, out);
    else if (around)
      out.of_task[std::get<task>(child.what).id] = *around;
}

} // namespace

plan_blocks blocks_of(const plan& p) {
  plan_blocks out;
  for (auto& each : p.plays) {
    // That a play has a body is nothing that anybody wrote.
    for (auto* nodes : {&each.body.body, &each.body.rescue, &each.body.always})
      collect(*nodes, std::nullopt, out);
    collect(each.handlers, std::nullopt, out);
  }
  return out;
}

} // namespace troupe
