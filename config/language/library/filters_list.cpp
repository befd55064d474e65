#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/growing_text.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

result<value> first(evaluator&, const value& x, const bound_arguments&) {
  auto items = elements(x);
  if (!items)
    return items.why();
  if (items->empty())
    return value::undefined("No first item, sequence was empty.");
  return std::move(items->front());
}

result<value> last(evaluator&, const value& x, const bound_arguments&) {
  auto items = elements(x);
  if (!items)
    return items.why();
  if (items->empty())
    return value::undefined("No last item, sequence was empty.");
  return std::move(items->back());
}

result<value> length(evaluator&, const value& x, const bound_arguments&) {
  auto n = length_of(x);
  if (!n)
    return n.why();
  return value{*n};
}

result<value> to_list(evaluator&, const value& x, const bound_arguments&) {
  auto items = elements(x);
  if (!items)
    return items.why();
  return list_of(std::move(*items));
}

result<value> join(evaluator& e, const value& x, const bound_arguments& with) {
  result<std::vector<value>> made = std::vector<value>{};
  if (!x.is_list())
    made = elements(x);
  if (!made)
    return made.why();
  auto between = with.text(0);
  if (!between)
    return between.why();
  auto& items = x.is_list() ? x.as_list().items : *made;
  growing_text out;
  bool begun = false;
  for (auto& item : items) {
    if (!work_meter::visit() || !work_meter::may_grow(out.size()))
      return value{};
    if (std::exchange(begun, true))
      out.append(*between);
    if (item.is_text() && !with.has(1)) {
      out.append(item.as_string());
      continue;
    }
    auto y = follow_path(e, item, with[1], missing_value());
    if (!y)
      return y;
    auto shown = as_display(*y);
    if (!shown)
      return shown.why();
    out.append(*shown);
  }
  return value{out.view()};
}

result<value> reversed(evaluator&, const value& x, const bound_arguments&) {
  if (x.is_text()) {
    std::string out;
    auto points = split_points(x.as_string());
    for (auto i = points.rbegin(); i != points.rend(); ++i)
      out += *i;
    return value{std::move(out)};
  }
  auto items = elements(x);
  if (!items && is_strict_undefined(x))
    return items.why();
  if (!items)
    return failure(errc::filter, "argument must be iterable");
  std::reverse(items->begin(), items->end());
  return list_of(std::move(*items));
}

/// Sort keys by one or several attributes, separated by commas.
result<value> sort_key(evaluator& e, const value& item, const value& attribute,
                       bool with_case) {
  if (!attribute.is_text()) {
    auto key = follow_path(e, item, attribute, missing_value());
    if (!key || with_case)
      return key;
    return without_case(*key);
  }
  std::vector<value> keys;
  std::string_view rest = attribute.as_string();
  while (work_meter::visit()) {
    auto end = std::min(rest.find(','), rest.size());
    auto key
      = follow_path(e, item, value{rest.substr(0, end)}, missing_value());
    if (!key)
      return key;
    keys.push_back(with_case ? *key : without_case(*key));
    if (end == rest.size())
      break;
    rest.remove_prefix(end + 1);
  }
  return list_of(std::move(keys));
}

result<value> sort(evaluator& e, const value& x, const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return items.why();
  std::vector<value> keys;
  for (auto& item : *items) {
    auto key = sort_key(e, item, with[2], with.flag(1));
    if (!key)
      return key;
    if (items->size() > 1 && is_strict_undefined(*key))
      return undefined_error(*key);
    keys.push_back(std::move(*key));
  }
  if (auto ok = sort_by(*items, std::move(keys), with.flag(0)); !ok)
    return ok.why();
  return list_of(std::move(*items));
}

result<value> extreme(evaluator& e, const value& x, const bound_arguments& with,
                      bool largest) {
  auto items = elements(x);
  if (!items)
    return items.why();
  if (items->empty())
    return value::undefined("No aggregated item, sequence was empty.");
  size_t best = 0;
  value best_key;
  for (size_t i = 0; i < items->size(); ++i) {
    auto key = follow_path(e, (*items)[i], with[1], missing_value());
    if (!key)
      return key;
    if (!with.flag(0))
      *key = without_case(*key);
    if (i > 0) {
      auto way = largest ? order(*key, best_key) : order(best_key, *key);
      if (!way)
        return way.why();
      if (*way <= 0)
        continue;
    }
    best = i;
    best_key = std::move(*key);
  }
  return (*items)[best];
}

result<value> largest(evaluator& e, const value& x,
                      const bound_arguments& with) {
  return extreme(e, x, with, true);
}

result<value> smallest(evaluator& e, const value& x,
                       const bound_arguments& with) {
  return extreme(e, x, with, false);
}

result<value> sum(evaluator& e, const value& x, const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return items.why();
  value total = with.has(1) ? with[1] : value{0};
  if (total.is_text())
    return failure(errc::type, "sum() can't sum strings");
  for (auto& item : *items) {
    auto y = follow_path(e, item, with[0], missing_value());
    if (!y)
      return y;
    // A list grows by each element.
    if (total.is_list() && !work_meter::visit(total.as_list().size() / 8))
      return value{};
    auto next = arithmetic(arithmetic_op::add, total, *y);
    if (!next)
      return next;
    total = std::move(*next);
  }
  return total;
}

result<value> batch(evaluator&, const value& x, const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return items.why();
  auto size = with.integer(0);
  if (!size)
    return size.why();
  std::vector<value> list_filter_rows;
  list row;
  for (auto& item : *items) {
    if (static_cast<int64_t>(row.size()) == *size) {
      list_filter_rows.emplace_back(std::move(row));
      row = {};
    }
    row.push_back(std::move(item));
  }
  if (!row.empty()) {
    if (with.has(1) && !with[1].is_null()) {
      auto more = *size - static_cast<int64_t>(row.size());
      if (more > 0
          && !work_meter::make(static_cast<uint64_t>(more), sizeof(value)))
        return value{};
      while (static_cast<int64_t>(row.size()) < *size)
        row.push_back(with[1]);
    }
    list_filter_rows.emplace_back(std::move(row));
  }
  return list_of(std::move(list_filter_rows));
}

result<value> slices(evaluator&, const value& x, const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return items.why();
  auto count = with.integer(0);
  if (!count)
    return count.why();
  if (*count == 0)
    return failure(errc::runtime, "integer division or modulo by zero");
  constexpr uint64_t part_weight = 80;
  if (!work_meter::make(static_cast<uint64_t>(std::max<int64_t>(*count, 0)),
                        part_weight))
    return value{};
  auto size = static_cast<int64_t>(items->size());
  auto each = size / *count;
  auto longer = size % *count;
  std::vector<value> list_filter_rows;
  size_t at = 0;
  for (int64_t i = 0; i < *count; ++i) {
    list row;
    for (auto n = each + (i < longer ? 1 : 0); n > 0; --n)
      row.push_back((*items)[at++]);
    if (with.has(1) && !with[1].is_null() && i >= longer)
      row.push_back(with[1]);
    list_filter_rows.emplace_back(std::move(row));
  }
  return list_of(std::move(list_filter_rows));
}

result<value> group_by(evaluator& e, const value& x,
                       const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return items.why();
  auto with_case = with.flag(2);
  std::vector<value> keys;
  for (auto& item : *items) {
    auto key = follow_path(e, item, with[0], with[1]);
    if (!key)
      return key;
    if (is_strict_undefined(*key) && items->size() > 1)
      return undefined_error(*key);
    keys.push_back(with_case ? *key : without_case(*key));
  }
  if (auto ok = sort_by(*items, keys, false); !ok)
    return ok.why();
  std::vector<value> groups;
  std::optional<value> current;
  list members;
  auto finish = [&]() -> result<void> {
    if (!current)
      return {};
    auto shown = follow_path(e, members.items.front(), with[0], with[1]);
    if (!shown)
      return shown.why();
    groups.push_back(tuple_of({*shown, value{std::move(members)}}));
    members = {};
    return {};
  };
  for (auto& item : *items) {
    auto key = follow_path(e, item, with[0], with[1]);
    if (!key)
      return key;
    auto plain = with_case ? *key : without_case(*key);
    if (!current || !(*current == plain)) {
      if (auto ok = finish(); !ok)
        return ok.why();
      current = plain;
    }
    members.push_back(std::move(item));
  }
  if (auto ok = finish(); !ok)
    return ok.why();
  return list_of(std::move(groups));
}

/// Ansible's flatten: lists inside lists, `levels` deep; nulls fall out.
result<void> flatten_into(std::vector<value>& out, const value& x,
                          std::optional<int64_t> levels, bool skip_nulls,
                          unsigned depth) {
  if (depth > 500)
    return failure(errc::recursion, "the list is nested too deeply");
  result<std::vector<value>> made = std::vector<value>{};
  if (!x.is_list())
    made = elements(x);
  if (!made)
    return made.why();
  auto& items = x.is_list() ? x.as_list().items : *made;
  if (!work_meter::visit(items.size() + 1)
      || !work_meter::make(items.size(), sizeof(value)))
    return {};
  for (auto& item : items) {
    auto empty = item.is_null() || item.text_or("") == "None"
                 || item.text_or("") == "null";
    if (skip_nulls && empty)
      continue;
    if (!item.is_list() || (levels && *levels < 1)) {
      out.push_back(item);
      continue;
    }
    auto next = levels ? std::optional{*levels - 1} : std::nullopt;
    if (auto ok = flatten_into(out, item, next, skip_nulls, depth + 1); !ok)
      return ok;
  }
  return {};
}

result<value> flatten(evaluator&, const value& x, const bound_arguments& with) {
  std::optional<int64_t> levels;
  if (with.has(0) && !with[0].is_null()) {
    auto n = as_index(with[0]);
    if (!n)
      return failure(errc::type,
                     "'<' not supported between instances of '{}' and 'int'",
                     operand_type(with[0]));
    levels = *n;
  }
  std::vector<value> out;
  if (auto ok = flatten_into(out, x, levels, with.flag(1, true), 0); !ok)
    return ok.why();
  return list_of(std::move(out));
}

constexpr filter_row list_filter_rows[] = {
  {"first", "", first},
  {"last", "", last},
  {"length", "", length},
  {"count", "", length},
  {"list", "", to_list},
  {"join", "d= attribute=", join},
  {"reverse", "", reversed},
  {"sort", "reverse= case_sensitive= attribute=", sort},
  {"max", "case_sensitive= attribute=", largest},
  {"min", "case_sensitive= attribute=", smallest},
  {"sum", "attribute= start=", sum},
  {"batch", "linecount fill_with=", batch},
  {"slice", "slices fill_with=", slices},
  {"groupby", "attribute default= case_sensitive=", group_by},
  {"flatten", "levels= skip_nulls=", flatten},
};

} // namespace

std::span<const filter_row> list_filters() {
  return list_filter_rows;
}

} // namespace troupe
