#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/library/value_set.hpp"
#include "config/language/python/operators.hpp"

#include <algorithm>

namespace troupe {

namespace {

result<std::vector<value>> unique_of(evaluator& e,
                                     const std::vector<value>& items,
                                     bool with_case, const value& attribute) {
  value_set seen;
  std::vector<value> out;
  for (auto& item : items) {
    auto key = follow_path(e, item, attribute, missing_value());
    if (!key)
      return key.why();
    if (is_strict_undefined(*key))
      return undefined_error(*key);
    if (seen.add(with_case ? *key : without_case(*key)))
      out.push_back(item);
  }
  return out;
}

value as_list_value(result<std::vector<value>> items) {
  return list_of(std::move(*items));
}

result<value> unique(evaluator& e, const value& x,
                     const bound_arguments& with) {
  auto items = elements(x);
  auto ignores_case = with.has(0) && !with[0].is_null() && !with.flag(0);
  if (!items && (with.has(1) || ignores_case) && !is_strict_undefined(x))
    return failure(errc::filter, "{}", items.why().message);
  if (!items)
    return items.why();
  auto hashable_all = std::all_of(items->begin(), items->end(), hashable);
  if (!hashable_all && !with.has(1)) {
    // Jinja's filter cannot; Ansible then compares one by one, with case.
    if (ignores_case)
      return failure(errc::filter, "unique cannot ignore the case of values "
                                   "that are lists or dicts");
    auto out = unique_of(e, *items, true, missing_value());
    return out ? result<value>{as_list_value(std::move(out))} : out.why();
  }
  auto out = unique_of(e, *items, with.flag(0), with[1]);
  return out ? result<value>{as_list_value(std::move(out))} : out.why();
}

/// Both operands, whose elements are compared with case.
struct operands {
  std::vector<value> left;
  std::vector<value> right;
  value_set in_right;
};

result<operands> both(const value& x, const value& y) {
  auto left = elements(x);
  if (!left)
    return left.why();
  auto right = elements(y);
  if (!right)
    return right.why();
  operands out{std::move(*left), std::move(*right), {}};
  for (auto& item : out.right) {
    if (is_strict_undefined(item))
      return undefined_error(item);
    out.in_right.add(item);
  }
  return out;
}

result<value> looked_for(evaluator& e, const list& x, const value& y,
                         bool wanted) {
  std::vector<value> out;
  for (auto& item : x) {
    auto inside = contains(y, item);
    if (!inside)
      return inside.why();
    if (*inside == wanted)
      out.push_back(item);
  }
  auto alone = unique_of(e, out, true, missing_value());
  return alone ? result<value>{as_list_value(std::move(alone))} : alone.why();
}

result<value> chosen(evaluator& e, const value& x, const value& y,
                     bool wanted) {
  // Of a list, which no set can be made of, each element is looked for.
  if (x.is_list() && x.as_list().kind == list::form::list && !y.is_list())
    return looked_for(e, x.as_list(), y, wanted);
  auto sets = both(x, y);
  if (!sets)
    return sets.why();
  std::vector<value> out;
  for (auto& item : sets->left) {
    if (is_strict_undefined(item))
      return undefined_error(item);
    if (sets->in_right.has(item) == wanted)
      out.push_back(item);
  }
  auto alone = unique_of(e, out, true, missing_value());
  return alone ? result<value>{as_list_value(std::move(alone))} : alone.why();
}

result<value> intersect(evaluator& e, const value& x,
                        const bound_arguments& with) {
  return chosen(e, x, with[0], true);
}

result<value> difference(evaluator& e, const value& x,
                         const bound_arguments& with) {
  return chosen(e, x, with[0], false);
}

result<value> joined(evaluator& e, const value& x,
                     const bound_arguments& with) {
  auto sets = both(x, with[0]);
  if (!sets)
    return sets.why();
  auto plain = [](const value& y) {
    return y.is_list() && y.as_list().kind <= list::form::tuple;
  };
  if (x.is_dict() || with[0].is_dict())
    return operand_error("+", x, with[0]);
  if (plain(x) != plain(with[0])
      || (plain(x) && x.as_list().kind != with[0].as_list().kind))
    return operand_error("+", x, with[0]);
  auto all = std::move(sets->left);
  all.insert(all.end(), sets->right.begin(), sets->right.end());
  auto out = unique_of(e, all, true, missing_value());
  return out ? result<value>{as_list_value(std::move(out))} : out.why();
}

result<value> symmetric(evaluator& e, const value& x,
                        const bound_arguments& with) {
  auto all = joined(e, x, with);
  if (!all)
    return all;
  auto common = chosen(e, x, with[0], true);
  if (!common)
    return common;
  return chosen(e, *all, *common, false);
}

result<value> product(evaluator& e, const value& x,
                      const bound_arguments& with) {
  std::vector<std::vector<value>> lists;
  auto add = [&](const value& y) -> result<void> {
    auto items = elements(y);
    if (!items)
      return items.why();
    lists.push_back(std::move(*items));
    return {};
  };
  if (auto ok = add(x); !ok)
    return ok.why();
  for (auto& y : with.rest)
    if (auto ok = add(y); !ok)
      return ok.why();
  int64_t repeat = 1;
  auto& wanted = named_argument(with, "repeat");
  if (auto n = is_missing(wanted) ? std::nullopt : as_index(wanted))
    repeat = *n;
  auto once = lists;
  for (int64_t i = 1; i < repeat && lists.size() < 64; ++i)
    lists.insert(lists.end(), once.begin(), once.end());
  std::vector<std::vector<value>> rows(1);
  for (auto& items : lists) {
    std::vector<std::vector<value>> next;
    for (auto& row : rows)
      for (auto& item : items) {
        if (auto ok = e.run_state().spend(1 + row.size() / 4); !ok)
          return ok.why();
        if (!may_make_row(row.size() + 1))
          return value{};
        next.push_back(row);
        next.back().push_back(item);
      }
    rows = std::move(next);
  }
  std::vector<value> out;
  out.reserve(rows.size());
  for (auto& row : rows)
    out.push_back(tuple_of(std::move(row)));
  return list_of(std::move(out));
}

/// Chooses `size` of `items` in order; with `ordered` also every order.
class chooser {
public:
  chooser(templar& run, const std::vector<value>& items, size_t size,
          bool ordered)
      : run_{run}, items_{items}, size_{size}, ordered_{ordered},
        used_(items.size()) {
  }

  result<void> run() {
    return choose(0);
  }

  std::vector<value> rows;

private:
  templar& run_;
  const std::vector<value>& items_;
  size_t size_;
  bool ordered_;
  std::vector<bool> used_;
  std::vector<value> now_;

  result<void> choose(size_t from) {
    // A row costs as much as it is long.
    auto full = now_.size() == size_;
    if (auto ok = run_.spend(full ? 1 + size_ / 4 : 1); !ok)
      return ok;
    if (full) {
      if (may_make_row(size_))
        rows.push_back(tuple_of(now_));
      return {};
    }
    for (size_t i = ordered_ ? 0 : from; i < items_.size(); ++i) {
      if (used_[i])
        continue;
      used_[i] = true;
      now_.push_back(items_[i]);
      auto ok = choose(i + 1);
      now_.pop_back();
      used_[i] = false;
      if (!ok)
        return ok;
    }
    return {};
  }
};

result<value> choose(evaluator& e, const value& x, const bound_arguments& with,
                     bool ordered) {
  auto items = elements(x);
  if (!items)
    return items.why();
  auto size = with.integer(0, static_cast<int64_t>(items->size()));
  if (!size && with[0].is_null() && ordered)
    size = static_cast<int64_t>(items->size());
  if (!size)
    return size.why();
  if (*size < 0)
    return failure(errc::runtime, "r must be non-negative");
  if (static_cast<size_t>(*size) > items->size())
    return value{list{}};
  if (items->size() > 500)
    return failure(errc::exhausted, "there are too many ways to choose");
  chooser all{e.run_state(), *items, static_cast<size_t>(*size), ordered};
  if (auto ok = all.run(); !ok)
    return ok.why();
  return list_of(std::move(all.rows));
}

result<value> permutations(evaluator& e, const value& x,
                           const bound_arguments& with) {
  return choose(e, x, with, true);
}

result<value> combinations(evaluator& e, const value& x,
                           const bound_arguments& with) {
  return choose(e, x, with, false);
}

result<value> zipped(const value& x, const bound_arguments& with,
                     bool longest) {
  std::vector<std::vector<value>> lists;
  auto first = elements(x);
  if (!first)
    return first.why();
  lists.push_back(std::move(*first));
  for (auto& y : with.rest) {
    auto items = elements(y);
    if (!items)
      return items.why();
    lists.push_back(std::move(*items));
  }
  auto& fill = named_argument(with, "fillvalue");
  size_t size = longest ? 0 : lists[0].size();
  for (auto& items : lists)
    size
      = longest ? std::max(size, items.size()) : std::min(size, items.size());
  std::vector<value> out;
  for (size_t i = 0; i < size && may_make_row(lists.size()); ++i) {
    std::vector<value> row;
    row.reserve(lists.size());
    for (auto& items : lists)
      row.push_back(i < items.size()   ? items[i]
                    : is_missing(fill) ? value{}
                                       : fill);
    out.push_back(tuple_of(std::move(row)));
  }
  return list_of(std::move(out));
}

result<value> zip(evaluator&, const value& x, const bound_arguments& with) {
  return zipped(x, with, false);
}

result<value> zip_longest(evaluator&, const value& x,
                          const bound_arguments& with) {
  for (auto& [name, y] : with.named)
    if (name != "fillvalue")
      return failure(errc::type,
                     "zip_longest() got an unexpected keyword argument");
  return zipped(x, with, true);
}

constexpr filter_row set_filter_rows[] = {
  {"unique", "case_sensitive= attribute=", unique},
  {"intersect", "b", intersect},
  {"difference", "b", difference},
  {"union", "b", joined},
  {"symmetric_difference", "b", symmetric},
  {"product", "*args **named", product},
  {"permutations", "r=", permutations},
  {"combinations", "r", combinations},
  {"zip", "*args **named", zip},
  {"zip_longest", "*args **named", zip_longest},
};

} // namespace

std::span<const filter_row> set_filters() {
  return set_filter_rows;
}

} // namespace troupe
