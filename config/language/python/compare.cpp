#include "config/language/language.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/text_search.hpp"
#include "config/language/run/object.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool views_equal(const list& x, const list& y) {
  if (x.size() != y.size())
    return false;
  return std::all_of(x.begin(), x.end(), [&](const value& item) {
    return work_meter::visit(y.size() / 8 + 1)
           && std::find(y.begin(), y.end(), item) != y.end();
  });
}

bool is_view(const value& x) {
  return x.is_list()
         && (x.as_list().kind == list::form::dict_keys
             || x.as_list().kind == list::form::dict_items);
}

int order_numbers(const value& x, const value& y) {
  if (x.is_real() || y.is_real()) {
    auto a = to_real(x);
    auto b = to_real(y);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (!x.is_big() && !y.is_big()) {
    auto a = *as_index(x);
    auto b = *as_index(y);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  auto way = to_big(x) <=> to_big(y);
  return std::is_lt(way) ? -1 : std::is_gt(way) ? 1 : 0;
}

result<int> order_lists(const list& x, const list& y) {
  auto common = std::min(x.size(), y.size());
  if (!work_meter::visit(common + 1))
    return 0;
  for (size_t i = 0; i < common; ++i) {
    auto same = equal_values(x.items[i], y.items[i]);
    if (!same)
      return same.why();
    if (!*same)
      return order(x.items[i], y.items[i]);
  }
  return x.size() < y.size() ? -1 : x.size() > y.size() ? 1 : 0;
}

error order_error(std::string_view sign, const value& x, const value& y) {
  return failure(errc::type,
                 "'{}' not supported between instances of '{}' and '{}'", sign,
                 operand_type(x), operand_type(y));
}

bool has_list_order(const value& x) {
  return x.is_list()
         && (x.as_list().kind == list::form::list
             || x.as_list().kind == list::form::tuple);
}

std::string_view sign_of(compare_op op) {
  switch (op) {
  case compare_op::less:
    return "<";
  case compare_op::less_equal:
    return "<=";
  case compare_op::greater:
    return ">";
  default:
    return ">=";
  }
}

} // namespace

bool hashable(const value& x) {
  if (x.is_dict())
    return false;
  if (!x.is_list())
    return true;
  if (x.as_list().kind != list::form::tuple
      || !work_meter::visit(x.as_list().size() + 1))
    return false;
  return std::all_of(x.as_list().begin(), x.as_list().end(), hashable);
}

result<bool> equal_values(const value& x, const value& y) {
  if (x.is_text() && y.is_text())
    return x.as_string() == y.as_string();
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (is_strict_undefined(y))
    return undefined_error(y);
  if (x.is_object() && y.is_object())
    return x.as_object()->equals(*y.as_object());
  if (is_view(x) && is_view(y))
    return views_equal(x.as_list(), y.as_list());
  if (x.is_list() && y.is_list()
      && (x.as_list().kind == list::form::dict_values
          || y.as_list().kind == list::form::dict_values
          || is_view(x) != is_view(y)))
    return &x.as_list() == &y.as_list();
  return x == y;
}

result<int> order(const value& x, const value& y) {
  if (is_number(x) && is_number(y))
    return order_numbers(x, y);
  if (x.is_text() && y.is_text()) {
    work_meter::read(std::min(x.as_string().size(), y.as_string().size()));
    auto way = x.as_string().compare(y.as_string());
    return way < 0 ? -1 : way > 0 ? 1 : 0;
  }
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (is_strict_undefined(y))
    return undefined_error(y);
  if (has_list_order(x) && has_list_order(y)
      && x.as_list().kind == y.as_list().kind)
    return order_lists(x.as_list(), y.as_list());
  if (x.is_object() && y.is_object())
    if (auto way = x.as_object()->compare(*y.as_object()))
      return *way;
  return order_error("<", x, y);
}

result<bool> contains(const value& haystack, const value& needle) {
  if (haystack.is_undefined()) {
    if (is_strict_undefined(haystack))
      return undefined_error(haystack);
    return false;
  }
  if (haystack.is_text()) {
    if (is_strict_undefined(needle))
      return undefined_error(needle);
    if (!needle.is_text())
      return failure(errc::type,
                     "'in <string>' requires string as left operand, not {}",
                     python_type(needle));
    return find_text(haystack.as_string(), needle.as_string())
           != std::string::npos;
  }
  if (haystack.is_dict()) {
    if (is_strict_undefined(needle))
      return undefined_error(needle);
    if (!hashable(needle))
      return failure(errc::type, "unhashable type: '{}'", operand_type(needle));
    return haystack.as_dict().find(needle) != nullptr;
  }
  if (haystack.is_list() && haystack.as_list().kind == list::form::dict_keys) {
    if (is_strict_undefined(needle))
      return undefined_error(needle);
    if (!hashable(needle))
      return failure(errc::type, "unhashable type: '{}'", operand_type(needle));
  }
  if (!haystack.is_list() && !haystack.is_object())
    return failure(errc::type, "argument of type '{}' is not iterable",
                   operand_type(haystack));
  result<std::vector<value>> made = std::vector<value>{};
  if (!haystack.is_list())
    made = elements(haystack);
  if (!made)
    return failure(errc::type, "argument of type '{}' is not iterable",
                   operand_type(haystack));
  auto& items = haystack.is_list() ? haystack.as_list().items : *made;
  for (size_t i = 0; i < items.size(); ++i) {
    // Eight take about as long as one of what is counted elsewhere.
    if (i % 8 == 0 && !work_meter::visit())
      return false;
    auto& item = items[i];
    if (item.is_small() && needle.is_small()) {
      if (item.as_int() == needle.as_int())
        return true;
      continue;
    }
    auto same = equal_values(item, needle);
    if (!same)
      return same;
    if (*same)
      return true;
  }
  return false;
}

result<bool> compare(compare_op op, const value& x, const value& y) {
  switch (op) {
  case compare_op::equal:
    return equal_values(x, y);
  case compare_op::unequal: {
    auto same = equal_values(x, y);
    return same ? result<bool>{!*same} : same;
  }
  case compare_op::in:
    return contains(y, x);
  case compare_op::not_in: {
    auto found = contains(y, x);
    return found ? result<bool>{!*found} : found;
  }
  default:
    break;
  }
  // NaN is in no order with anything.
  if ((x.is_real() && x.as_real() != x.as_real())
      || (y.is_real() && y.as_real() != y.as_real()))
    return false;
  auto way = order(x, y);
  if (!way) {
    auto& why = way.why();
    // Values that cannot be looked at have said so with their own words.
    auto looked = !is_strict_undefined(x) && !is_strict_undefined(y);
    auto unordered = why.code == errc::type
                     || (why.code == errc::undefined && looked
                         && (x.is_undefined() || y.is_undefined()));
    return unordered ? order_error(sign_of(op), x, y) : why;
  }
  if (op == compare_op::less)
    return *way < 0;
  if (op == compare_op::less_equal)
    return *way <= 0;
  return op == compare_op::greater ? *way > 0 : *way >= 0;
}

} // namespace troupe
