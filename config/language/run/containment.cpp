#include "config/language/run/containment.hpp"

#include "config/language/run/object.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <unordered_map>

namespace troupe {

namespace {

const void* identity(const value& x) {
  if (x.is_list())
    return &x.as_list();
  if (x.is_object())
    return x.as_object().get();
  return x.is_dict() ? static_cast<const void*>(&x.as_dict()) : nullptr;
}

template <class F>
void each_inside(const value& x, F see) {
  if (x.is_list()) {
    for (auto& y : x.as_list())
      see(y);
  } else if (x.is_dict()) {
    for (auto& [key, y] : x.as_dict())
      see(y);
  } else if (x.is_object()) {
    x.as_object()->each_held(see);
  }
}

/// What a walk has met of what can be met again, with how deep it is nested.
using seen_map = std::unordered_map<const void*, unsigned>;

bool is_container(const value& x) {
  return x.is_list() || x.is_dict() || x.is_object();
}

bool holds(const value& x, const void* wanted, seen_map& seen) {
  if (!identity(x) || !work_meter::visit())
    return false;
  if (identity(x) == wanted)
    return true;
  if (x.owners() > 1 && !seen.emplace(identity(x), 0).second)
    return false;
  bool found = false;
  each_inside(x, [&](const value& y) {
    found = found || (is_container(y) && holds(y, wanted, seen));
  });
  return found;
}

/// How many containers lie inside one another; counts no further than `most`.
unsigned nesting(const value& x, unsigned most, seen_map& seen) {
  if (most == 0 || !identity(x) || !work_meter::visit())
    return 0;
  auto shared = x.owners() > 1;
  if (shared)
    if (auto known = seen.find(identity(x)); known != seen.end())
      return known->second;
  unsigned deepest = 0;
  uint64_t others = 0;
  each_inside(x, [&](const value& y) {
    if (is_container(y))
      deepest = std::max(deepest, nesting(y, most - 1, seen));
    else
      ++others;
  });
  work_meter::visit(others / 32);
  // What holds no other is quicker looked through again.
  if (shared && deepest > 0)
    seen.emplace(identity(x), deepest + 1);
  return deepest + 1;
}

} // namespace

result<void> check_nesting(const value& x) {
  seen_map seen;
  if (nesting(x, most_nesting + 1, seen) > most_nesting)
    return failure(errc::recursion, "the value is nested too deeply");
  return {};
}

result<void> take_in(const value& container, const value& x) {
  auto is_new = x.is_text() && x.as_string().size() <= short_text;
  work_meter::make(sizeof(dict::entry) + (is_new ? weight(x) : 0));
  return may_hold(container, x);
}

result<void> may_hold(const value& container, const value& x) {
  if (!identity(x))
    return {};
  if (auto ok = check_nesting(x); !ok)
    return ok;
  seen_map seen;
  if (holds(x, identity(container), seen))
    return failure(errc::recursion, "a value cannot hold itself");
  return {};
}

} // namespace troupe
