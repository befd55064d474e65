#include "actors/run/settled_names.hpp"

#include <algorithm>

namespace troupe {

namespace {

const value* mark_of(const value& x) {
  return x.is_dict() ? x.find("not_known") : nullptr;
}

/// The results of a loop's items; null when it is no such result.
const value* items_of(const value& x) {
  auto* items = x.find("results");
  return items && items->is_list() ? items : nullptr;
}

bool is_known(const value& x) {
  if (!x.is_dict())
    return true;
  auto* items = items_of(x);
  return !mark_of(x)
         && (!items
             || std::none_of(items->as_list().begin(), items->as_list().end(),
                             [](auto& each) { return mark_of(each); }));
}

/// The result without what is not known; `whole` when that is all of it.
dict known_part(const value& x, bool& whole) {
  auto out = x.as_dict();
  auto* mark = mark_of(x);
  if (mark && mark->is_list())
    for (auto& key : mark->as_list())
      out.erase(key);
  else if (mark)
    whole = true;
  return out;
}

} // namespace

const value* settled_names::find(const name_key& name) const {
  auto* x = all_.find(name);
  if (!x || is_known(*x))
    return x;
  auto at = known_.find(x);
  if (at != known_.end())
    return &at->second;
  bool whole = false;
  auto part = known_part(*x, whole);
  if (auto* items = items_of(*x)) {
    list known;
    for (auto& each : items->as_list())
      known.push_back(each.is_dict() ? value{known_part(each, whole)} : each);
    part.set("results", std::move(known));
  }
  if (whole)
    unknown_ = std::string_view{name};
  return &known_.emplace(x, std::move(part)).first->second;
}

} // namespace troupe
