#include "modules/support/plan/plan_names.hpp"

#include <set>

namespace troupe {

plan_names::plan_names(dict weakest, const dict& strongest)
    : weakest_{std::move(weakest)}, strongest_{strongest} {
}

const value* plan_names::find(const name_key& name) const {
  for (auto* each : {&own_, &strongest_})
    if (auto* x = each->find(name))
      return x;
  for (auto each = layers_.rbegin(); each != layers_.rend(); ++each)
    if (auto* x = (*each)->find(name))
      return x;
  return weakest_.find(name);
}

std::vector<std::string> plan_names::names() const {
  std::set<std::string> out;
  auto take = [&](const dict& from) {
    for (auto& [key, x] : from)
      out.insert(to_display(key));
  };
  for (auto* each : layers_)
    take(*each);
  for (auto* each : {&weakest_, &strongest_, &own_})
    take(*each);
  return {out.begin(), out.end()};
}

} // namespace troupe
