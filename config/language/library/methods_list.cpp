#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/run/containment.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Where a Python index points; nothing when there is no such element.
std::optional<size_t> position(int64_t i, size_t size) {
  auto at = i < 0 ? i + static_cast<int64_t>(size) : i;
  if (at < 0 || at >= static_cast<int64_t>(size))
    return std::nullopt;
  return static_cast<size_t>(at);
}

/// Counts what it takes to go through a list once.
void count_all(const value& self) {
  work_meter::visit(self.as_list().size() / 8 + 1);
}

result<value> append(evaluator&, value& self, const bound_arguments& with) {
  if (auto ok = take_in(self, with[0]); !ok)
    return ok.why();
  self.as_list().push_back(with[0]);
  return value{};
}

result<value> extend(evaluator&, value& self, const bound_arguments& with) {
  auto items = elements(with[0]);
  if (!items)
    return items.why();
  for (auto& x : *items)
    if (auto ok = take_in(self, x); !ok)
      return ok.why();
  auto& all = self.as_list().items;
  if (work_meter::is_good())
    all.insert(all.end(), items->begin(), items->end());
  return value{};
}

result<value> insert(evaluator&, value& self, const bound_arguments& with) {
  auto at = with.integer(0);
  if (!at)
    return at.why();
  if (auto ok = take_in(self, with[1]); !ok)
    return ok.why();
  auto& all = self.as_list().items;
  auto size = static_cast<int64_t>(all.size());
  auto i = std::clamp<int64_t>(*at < 0 ? *at + size : *at, 0, size);
  count_all(self);
  all.insert(all.begin() + i, with[1]);
  return value{};
}

result<value> pop_at(evaluator&, value& self, const bound_arguments& with) {
  auto& all = self.as_list().items;
  auto at = with.integer(0, -1);
  if (!at)
    return at.why();
  if (all.empty())
    return failure(errc::runtime, "pop from empty list");
  auto i = position(*at, all.size());
  if (!i)
    return failure(errc::runtime, "pop index out of range");
  auto out = all[*i];
  work_meter::visit((all.size() - *i) / 8);
  all.erase(all.begin() + static_cast<ptrdiff_t>(*i));
  return out;
}

result<std::optional<size_t>> search(const value& self, const value& x,
                                     size_t from = 0) {
  auto& all = self.as_list().items;
  count_all(self);
  for (size_t i = from; i < all.size(); ++i) {
    auto same = equal_values(all[i], x);
    if (!same)
      return same.why();
    if (*same)
      return std::optional{i};
  }
  return std::optional<size_t>{};
}

result<value> remove(evaluator&, value& self, const bound_arguments& with) {
  auto at = search(self, with[0]);
  if (!at)
    return at.why();
  if (!*at)
    return failure(errc::runtime, "list.remove(x): x not in list");
  auto& all = self.as_list().items;
  all.erase(all.begin() + static_cast<ptrdiff_t>(**at));
  return value{};
}

/// A bound of a search in `size` elements, as Python counts it.
result<size_t> search_bound(const bound_arguments& with, size_t i, size_t size,
                            size_t otherwise) {
  if (!with.has(i))
    return otherwise;
  auto n = with.integer(i);
  if (!n)
    return n.why();
  auto all = static_cast<int64_t>(size);
  return static_cast<size_t>(
    std::clamp<int64_t>(*n < 0 ? *n + all : *n, 0, all));
}

result<value> index(evaluator&, value& self, const bound_arguments& with) {
  auto size = self.as_list().size();
  auto from = search_bound(with, 1, size, 0);
  auto to = search_bound(with, 2, size, size);
  if (!from || !to)
    return from ? to.why() : from.why();
  auto at = search(self, with[0], *from);
  if (!at)
    return at.why();
  if (!*at || **at >= *to)
    return failure(errc::runtime, "{} is not in list", to_repr(with[0]));
  return value{**at};
}

result<value> count(evaluator&, value& self, const bound_arguments& with) {
  int64_t out = 0;
  count_all(self);
  for (auto& x : self.as_list()) {
    auto same = equal_values(x, with[0]);
    if (!same)
      return same.why();
    out += *same;
  }
  return value{out};
}

result<value> reverse(evaluator&, value& self, const bound_arguments&) {
  auto& all = self.as_list().items;
  count_all(self);
  std::reverse(all.begin(), all.end());
  return value{};
}

result<value> sort(evaluator&, value& self, const bound_arguments& with) {
  auto& all = self.as_list().items;
  if (auto ok = sort_by(all, all, with.flag(0)); !ok)
    return ok.why();
  return value{};
}

result<value> clear_list(evaluator&, value& self, const bound_arguments&) {
  self.as_list().items.clear();
  return value{};
}

result<value> copy_list(evaluator&, value& self, const bound_arguments&) {
  count_all(self);
  return list_of(self.as_list().items);
}

result<value> list_length(evaluator&, value& self, const bound_arguments&) {
  return value{self.as_list().size()};
}

result<value> set_item(evaluator&, value& self, const bound_arguments& with) {
  auto at = with.integer(0);
  if (!at)
    return at.why();
  auto& all = self.as_list().items;
  auto i = position(*at, all.size());
  if (!i)
    return failure(errc::runtime, "list assignment index out of range");
  if (auto ok = take_in(self, with[1]); !ok)
    return ok.why();
  all[*i] = with[1];
  return value{};
}

constexpr method_row list_method_rows[] = {
  {"append", "object", append, method_kind::changes},
  {"extend", "iterable", extend, method_kind::changes},
  {"insert", "index object", insert, method_kind::changes},
  {"pop", "index=", pop_at, method_kind::changes},
  {"remove", "value", remove, method_kind::changes},
  {"index", "value start= stop=", index, method_kind::asks_tuples},
  {"count", "value", count, method_kind::asks_tuples},
  {"reverse", "", reverse, method_kind::changes},
  {"sort", "reverse=", sort, method_kind::changes},
  {"clear", "", clear_list, method_kind::changes},
  {"copy", "", copy_list},
  {"__len__", "", list_length, method_kind::asks_tuples},
  {"__setitem__", "key value", set_item, method_kind::changes},
};

} // namespace

std::span<const method_row> list_methods() {
  return list_method_rows;
}

} // namespace troupe
