#include "config/language/run/containment.hpp"

#include "config/language/run/object.hpp"

#include <algorithm>

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

bool holds(const value& x, const void* wanted) {
  if (!identity(x))
    return false;
  if (identity(x) == wanted)
    return true;
  bool found = false;
  each_inside(x, [&](const value& y) { found = found || holds(y, wanted); });
  return found;
}

/// How many containers lie inside one another; counts no further than `most`.
unsigned nesting(const value& x, unsigned most) {
  if (most == 0 || !identity(x))
    return 0;
  unsigned deepest = 0;
  each_inside(x, [&](const value& y) {
    if (y.is_list() || y.is_dict() || y.is_object())
      deepest = std::max(deepest, nesting(y, most - 1));
  });
  return deepest + 1;
}

} // namespace

result<void> check_nesting(const value& x) {
  if (nesting(x, most_nesting + 1) > most_nesting)
    return failure(errc::recursion, "the value is nested too deeply");
  return {};
}

result<void> may_hold(const value& container, const value& x) {
  if (!identity(x))
    return {};
  if (auto ok = check_nesting(x); !ok)
    return ok;
  if (holds(x, identity(container)))
    return failure(errc::recursion, "a value cannot hold itself");
  return {};
}

} // namespace troupe
