#include "config/playbook/merged_names.hpp"

namespace troupe {

void put_names(dict& to, const dict& from, bool merges) {
  for (auto& [key, x] : from) {
    auto* below = merges && x.is_dict() ? to.find(key) : nullptr;
    if (below && below->is_dict())
      to.set(key, merged(*below, x));
    else
      to.set(key, x);
  }
}

value merged(const value& below, const value& over) {
  dict out = below.as_dict();
  put_names(out, over.as_dict(), true);
  return value{std::move(out)};
}

} // namespace troupe
