#include "config/language/containment.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr unsigned most_nesting = 400;

const void* identity(const value& x) {
  if (x.is_list())
    return &x.as_list();
  return x.is_dict() ? static_cast<const void*>(&x.as_dict()) : nullptr;
}

bool holds(const value& x, const void* wanted) {
  if (identity(x) == wanted)
    return true;
  if (x.is_list())
    return std::any_of(x.as_list().begin(), x.as_list().end(),
                       [&](const value& y) { return holds(y, wanted); });
  if (x.is_dict())
    return std::any_of(x.as_dict().begin(), x.as_dict().end(), [&](auto& y) {
      return holds(y.second, wanted);
    });
  return false;
}

} // namespace

unsigned nesting(const value& x, unsigned most) {
  if (most == 0 || (!x.is_list() && !x.is_dict()))
    return 0;
  unsigned deepest = 0;
  if (x.is_list()) {
    for (auto& y : x.as_list())
      deepest = std::max(deepest, nesting(y, most - 1));
  } else {
    for (auto& [key, y] : x.as_dict())
      deepest = std::max(deepest, nesting(y, most - 1));
  }
  return deepest + 1;
}

result<void> may_hold(const value& container, const value& x) {
  if (!x.is_list() && !x.is_dict())
    return {};
  if (nesting(x, most_nesting) >= most_nesting)
    return failure(errc::recursion, "the value is nested too deeply");
  if (holds(x, identity(container)))
    return failure(errc::recursion, "a value cannot hold itself");
  return {};
}

} // namespace troupe
