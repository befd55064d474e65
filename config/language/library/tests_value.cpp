#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/unknown_plugin.hpp"
#include "config/language/library/value_set.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/objects.hpp"
#include "config/vault/vault.hpp"

#include <algorithm>

namespace troupe {

namespace {

result<bool> defined(evaluator&, const value& x, const bound_arguments&) {
  return !x.is_undefined() || is_unopened(x);
}

result<bool> undefined(evaluator&, const value& x, const bound_arguments&) {
  return x.is_undefined() && !is_unopened(x);
}

result<bool> none(evaluator&, const value& x, const bound_arguments&) {
  return x.is_null();
}

result<bool> boolean(evaluator&, const value& x, const bound_arguments&) {
  return x.is_bool();
}

result<bool> is_true(evaluator&, const value& x, const bound_arguments&) {
  return x.is_bool() && x.as_bool();
}

result<bool> is_false(evaluator&, const value& x, const bound_arguments&) {
  return x.is_bool() && !x.as_bool();
}

result<bool> integer(evaluator&, const value& x, const bound_arguments&) {
  return x.is_integer();
}

result<bool> real(evaluator&, const value& x, const bound_arguments&) {
  return x.is_real();
}

result<bool> number(evaluator&, const value& x, const bound_arguments&) {
  return is_number(x);
}

result<bool> string(evaluator&, const value& x, const bound_arguments&) {
  return x.is_text();
}

result<bool> mapping(evaluator&, const value& x, const bound_arguments&) {
  return x.is_dict();
}

result<bool> iterable(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (x.is_object())
    return x.as_object()->items().has_value();
  return x.is_text() || x.is_list() || x.is_dict() || x.is_undefined();
}

result<bool> sequence(evaluator&, const value& x, const bound_arguments&) {
  if (x.is_list())
    return x.as_list().kind == list::form::list
           || x.as_list().kind == list::form::tuple;
  return x.is_text() || x.is_dict()
         || (x.is_object() && python_type(x) == "range");
}

result<bool> callable(evaluator&, const value& x, const bound_arguments&) {
  return is_strict_undefined(x) || (x.is_object() && x.as_object()->callable());
}

result<bool> same_as(evaluator&, const value& x, const bound_arguments& with) {
  auto& y = with[0];
  if (x.what() != y.what())
    return false;
  if (x.is_list())
    return &x.as_list() == &y.as_list();
  if (x.is_dict())
    return &x.as_dict() == &y.as_dict();
  if (x.is_undefined())
    return &x.as_undefined() == &y.as_undefined();
  return x == y;
}

result<bool> escaped(evaluator&, const value& x, const bound_arguments&) {
  // A strict undefined value answers every question about attributes.
  return is_strict_undefined(x) || (x.is_text() && x.as_text().markup);
}

template <compare_op Op>
result<bool> compared(evaluator&, const value& x, const bound_arguments& with) {
  return compare(Op, x, with[0]);
}

result<bool> inside(evaluator&, const value& x, const bound_arguments& with) {
  return contains(with[0], x);
}

result<bool> holds(evaluator&, const value& x, const bound_arguments& with) {
  return contains(x, with[0]);
}

result<std::string> name_to_find(const value& x) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::runtime, "key must be a string, got {} instead",
                   python_type(x));
  return x.as_string();
}

/// Asking for a name that does not exist is an error, as in Ansible.
result<bool> filter_exists(evaluator&, const value& x, const bound_arguments&) {
  auto name = name_to_find(x);
  if (!name)
    return name.why();
  if (find_filter(*name))
    return true;
  return failure(errc::syntax, "{}",
                 unknown_plugin("filter", *name, filter_names()));
}

result<bool> test_exists(evaluator&, const value& x, const bound_arguments&) {
  auto name = name_to_find(x);
  if (!name)
    return name.why();
  if (find_test(*name))
    return true;
  return failure(errc::syntax, "{}",
                 unknown_plugin("test", *name, test_names()));
}

// -- Ansible's ----------------------------------------------------------------

/// Text and numbers that mean true or false to Ansible's modules.
std::optional<bool> meant(const value& x) {
  if (x.is_bool())
    return x.as_bool();
  if (x.is_text()) {
    auto word = to_lower(x.as_string());
    auto from = word.find_first_not_of(" \t\n\r\f\v");
    word
      = from == word.npos
          ? ""
          : word.substr(from, word.find_last_not_of(" \t\n\r\f\v") - from + 1);
    for (auto* yes : {"y", "yes", "on", "1", "true", "t", "1.0"})
      if (word == yes)
        return true;
    for (auto* no : {"n", "no", "off", "0", "false", "f", "0.0"})
      if (word == no)
        return false;
    return std::nullopt;
  }
  if (is_number(x) && to_real(x) == 1)
    return true;
  if (is_number(x) && to_real(x) == 0)
    return false;
  return std::nullopt;
}

result<bool> truthy_test(evaluator&, const value& x,
                         const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (with.flag(0)) {
    if (x.is_list() || x.is_dict())
      return truth(x);
    if (auto answer = meant(x))
      return *answer;
  }
  return truth(x);
}

result<bool> falsy_test(evaluator& e, const value& x,
                        const bound_arguments& with) {
  auto yes = truthy_test(e, x, with);
  return yes ? result<bool>{!*yes} : yes;
}

result<bool> any_of(evaluator&, const value& x, const bound_arguments&) {
  auto items = elements(x);
  if (!items)
    return items.why();
  for (auto& y : *items) {
    auto yes = truth(y);
    if (!yes || *yes)
      return yes;
  }
  return false;
}

result<bool> all_of(evaluator&, const value& x, const bound_arguments&) {
  auto items = elements(x);
  if (!items)
    return items.why();
  for (auto& y : *items) {
    auto yes = truth(y);
    if (!yes || !*yes)
      return yes;
  }
  return true;
}

/// Whether every element of `part` is in `whole`.
result<bool> within(const value& part, const value& whole) {
  auto few = elements(part);
  auto many = elements(whole);
  if (!few || !many)
    return few ? many.why() : few.why();
  for (auto* items : {&*few, &*many})
    for (auto& x : *items) {
      if (is_strict_undefined(x))
        return undefined_error(x);
      if (!hashable(x))
        return failure(errc::type, "unhashable type: '{}'", operand_type(x));
    }
  value_set known{*many};
  return std::all_of(few->begin(), few->end(),
                     [&](auto& x) { return known.has(x); });
}

result<bool> subset(evaluator&, const value& x, const bound_arguments& with) {
  return within(x, with[0]);
}

result<bool> superset(evaluator&, const value& x, const bound_arguments& with) {
  return within(with[0], x);
}

constexpr test_row value_test_rows[] = {
  {"defined", "", defined},
  {"undefined", "", undefined},
  {"none", "", none},
  {"boolean", "", boolean},
  {"true", "", is_true},
  {"false", "", is_false},
  {"integer", "", integer},
  {"float", "", real},
  {"number", "", number},
  {"string", "", string},
  {"mapping", "", mapping},
  {"iterable", "", iterable},
  {"sequence", "", sequence},
  {"callable", "", callable},
  {"sameas", "other", same_as},
  {"escaped", "", escaped},
  {"eq", "b", compared<compare_op::equal>},
  {"equalto", "b", compared<compare_op::equal>},
  {"==", "b", compared<compare_op::equal>},
  {"ne", "b", compared<compare_op::unequal>},
  {"!=", "b", compared<compare_op::unequal>},
  {"lt", "b", compared<compare_op::less>},
  {"lessthan", "b", compared<compare_op::less>},
  {"<", "b", compared<compare_op::less>},
  {"le", "b", compared<compare_op::less_equal>},
  {"<=", "b", compared<compare_op::less_equal>},
  {"gt", "b", compared<compare_op::greater>},
  {"greaterthan", "b", compared<compare_op::greater>},
  {">", "b", compared<compare_op::greater>},
  {"ge", "b", compared<compare_op::greater_equal>},
  {">=", "b", compared<compare_op::greater_equal>},
  {"in", "seq", inside},
  {"contains", "value", holds},
  {"filter", "", filter_exists},
  {"test", "", test_exists},
  {"truthy", "convert_bool=", truthy_test},
  {"falsy", "convert_bool=", falsy_test},
  {"any", "", any_of},
  {"all", "", all_of},
  {"subset", "b", subset},
  {"issubset", "b", subset},
  {"superset", "b", superset},
  {"issuperset", "b", superset},
};

} // namespace

std::span<const test_row> value_tests() {
  return value_test_rows;
}

} // namespace troupe
