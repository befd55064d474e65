#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <cstdlib>

namespace troupe {

error evaluator::placed(const error& problem, source_position at) const {
  return placed_in(run_.left().cause(problem), home_, at);
}

result<void> evaluator::find_other(const expression& x, operand& out) {
  if (x.kind == expression_kind::chain)
    return find_chain(static_cast<const chain_node&>(x), out);
  if (x.kind == expression_kind::name) {
    // All that is known of hosts.
    out.refer(named(static_cast<const name_node&>(x)));
    run_.unsafe |= holds_unsafe(*out);
    return {};
  }
  auto y = evaluate(x);
  if (!y)
    return y.why();
  out.keep(std::move(*y));
  return {};
}

result<value> evaluator::evaluate(const expression& x) {
  using kind = expression_kind;
  if (auto ok = run_.check_stack(); !ok)
    return ok.why();
  switch (x.kind) {
  case kind::constant:
  case kind::name:
  case kind::chain: {
    operand out{run_.left()};
    if (auto ok = find(x, out); !ok)
      return ok.why();
    return out.take();
  }
  case kind::sequence:
    return evaluate_sequence(static_cast<const sequence_node&>(x));
  case kind::dictionary:
    return evaluate_dictionary(static_cast<const dictionary_node&>(x));
  case kind::negate:
  case kind::plus:
    return evaluate_unary(static_cast<const unary_node&>(x));
  case kind::arithmetic:
    return evaluate_arithmetic(static_cast<const arithmetic_node&>(x));
  case kind::both:
  case kind::either:
    return evaluate_logic(static_cast<const logic_node&>(x));
  case kind::compare:
  case kind::invert: {
    auto yes = is_true(x);
    return yes ? result<value>{value{*yes}} : yes.why();
  }
  case kind::concat:
    return evaluate_concat(static_cast<const concat_node&>(x));
  case kind::choice:
    return evaluate_choice(static_cast<const choice_node&>(x));
  case kind::slice:
    return failure(errc::syntax, "a slice stands only in brackets");
  }
  return value{};
}

result<void> evaluator::enter_alone() {
  auto& function = home_.function;
  frame_->slots.assign(function.slots, missing_value());
  return enter(function.scope);
}

result<value> evaluator::evaluate_alone(const expression& x) {
  auto ok = enter_alone();
  return ok ? evaluate(x) : ok.why();
}

result<bool> evaluator::is_true_alone(const expression& x) {
  auto ok = enter_alone();
  return ok ? is_true(x) : ok.why();
}

result<value> evaluator::evaluate_sequence(const sequence_node& x) {
  // Where something may change it in place, it must not be the shared one.
  if (x.constant.is_list())
    return context_->copies ? value{x.constant.as_list()} : x.constant;
  std::vector<value> items;
  items.reserve(x.items.size());
  for (auto& item : x.items) {
    auto y = evaluate(*item);
    if (!y)
      return y;
    items.push_back(std::move(*y));
  }
  auto out = x.tuple ? tuple_of(std::move(items)) : list_of(std::move(items));
  if (auto ok = run_.left().made(out); !ok)
    return placed(ok.why(), x.at);
  return out;
}

result<value> evaluator::evaluate_dictionary(const dictionary_node& x) {
  dict out;
  for (auto& [key, item] : x.entries) {
    auto name = evaluate(*key);
    if (!name)
      return name;
    if (is_strict_undefined(*name))
      return placed(undefined_error(*name), key->at);
    if (!hashable(*name))
      return placed(
        failure(errc::type, "unhashable type: '{}'", operand_type(*name)),
        key->at);
    auto y = evaluate(*item);
    if (!y)
      return y;
    out.set(std::move(*name), std::move(*y));
  }
  value made{std::move(out)};
  if (auto ok = run_.left().made(made); !ok)
    return placed(ok.why(), x.at);
  return made;
}

result<value> evaluator::evaluate_unary(const unary_node& x) {
  auto y = evaluate(*x.operand);
  if (!y)
    return y;
  auto out = negated(*y);
  if (out && x.kind == expression_kind::plus)
    out = negated(*out);
  if (!out)
    return placed(out.why(), x.at);
  return out;
}

result<value> evaluator::evaluate_arithmetic(const arithmetic_node& x) {
  operand left{run_.left()};
  if (auto ok = find(*x.first, left); !ok)
    return ok.why();
  for (auto& [op, at, node] : x.rest) {
    if (!is_kept(*node))
      left.hold();
    operand right{run_.left()};
    if (auto ok = find(*node, right); !ok)
      return ok.why();
    auto& budget = run_.left();
    auto mark = budget.mark();
    auto y = arithmetic(op, *left, *right);
    budget.settle(mark);
    auto ok = y ? budget.made(*y) : y.why();
    if (!ok)
      return placed(hinted(ok.why(), left->is_undefined() ? *x.first : *node),
                    at);
    left.keep(std::move(*y));
  }
  return left.take();
}

result<value> evaluator::evaluate_concat(const concat_node& x) {
  std::string out;
  for (auto& item : x.items) {
    auto y = evaluate(*item);
    if (!y)
      return y;
    if (is_strict_undefined(*y))
      return placed(hinted(undefined_error(*y), *item), item->at);
    if (y->is_text())
      out += y->as_string();
    else
      out += to_display(*y);
    run_.left().drop(*y);
    if (!work_meter::may_grow(out.size()))
      break;
  }
  value made{std::move(out)};
  if (auto ok = run_.left().made(made); !ok)
    return placed(ok.why(), x.at);
  return made;
}

namespace {

/// Where a slice of `size` elements begins and ends, as Python has it.
struct slice_range {
  int64_t from;
  int64_t to;
  int64_t step;
};

result<std::optional<int64_t>> bound(const value& x) {
  if (x.is_null())
    return std::optional<int64_t>{};
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (auto n = as_index(x))
    return std::optional{*n};
  return failure(errc::type, "slice indices must be integers or None or have "
                             "an __index__ method");
}

int64_t clamp_bound(std::optional<int64_t> x, int64_t otherwise, int64_t size,
                    bool backwards) {
  if (!x)
    return otherwise;
  auto least = backwards ? -1 : 0;
  auto most = backwards ? size - 1 : size;
  auto n = *x < 0 ? *x + size : *x;
  return std::clamp<int64_t>(n, least, std::max<int64_t>(most, least));
}

using slice_bounds = std::optional<int64_t>[3];

slice_range range_of(const slice_bounds& bounds, int64_t size, int64_t step) {
  auto back = step < 0;
  return {clamp_bound(bounds[0], back ? size - 1 : 0, size, back),
          clamp_bound(bounds[1], back ? -1 : size, size, back), step};
}

std::vector<size_t> slice_positions(const slice_range& range) {
  std::vector<size_t> out;
  auto most = static_cast<uint64_t>(std::abs(range.to - range.from));
  if (!work_meter::make(most, sizeof(size_t)))
    return out;
  for (auto i = range.from; range.step > 0 ? i < range.to : i > range.to;) {
    out.push_back(static_cast<size_t>(i));
    if (__builtin_add_overflow(i, range.step, &i))
      break;
  }
  return out;
}

result<value> text_slice(const text& from, const slice_bounds& bounds,
                         int64_t step) {
  std::string_view bytes = from.bytes;
  auto range
    = range_of(bounds, static_cast<int64_t>(count_points(bytes)), step);
  text out{"", from.unsafe};
  if (step == 1) {
    auto begin = offset_of_point(bytes, static_cast<size_t>(range.from));
    auto end = offset_of_point(
      bytes, static_cast<size_t>(std::max(range.from, range.to)));
    out.bytes = bytes.substr(begin, end - begin);
    return value{std::move(out)};
  }
  auto points = split_points(bytes);
  for (auto i : slice_positions(range))
    if (i < points.size())
      out.bytes += points[i];
  return value{std::move(out)};
}

result<value> list_slice(const value& from, const slice_bounds& bounds,
                         int64_t step) {
  auto items = elements(from);
  if (!items)
    return items.why();
  list out{{}, from.is_list() ? from.as_list().kind : list::form::list};
  auto size = static_cast<int64_t>(items->size());
  for (auto i : slice_positions(range_of(bounds, size, step)))
    out.push_back((*items)[i]);
  return value{std::move(out)};
}

} // namespace

result<value> evaluator::evaluate_slice(const value& from,
                                        const slice_node& x) {
  value parts[3];
  const expression* nodes[] = {x.from.get(), x.to.get(), x.step.get()};
  for (size_t i = 0; i < 3; ++i) {
    if (!nodes[i])
      continue;
    auto part = evaluate(*nodes[i]);
    if (!part)
      return part;
    parts[i] = std::move(*part);
  }
  if (from.is_undefined())
    return is_strict_undefined(from) ? from
                                     : result<value>{undefined_error(from)};
  auto sequence = from.is_list()
                  && (from.as_list().kind == list::form::list
                      || from.as_list().kind == list::form::tuple);
  auto range = from.is_object() && python_type(from) == "range";
  if (!from.is_text() && !sequence && !range)
    return failure(errc::type, "'{}' object is not subscriptable",
                   operand_type(from));
  std::optional<int64_t> bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    auto n = bound(parts[i]);
    if (!n)
      return n.why();
    bounds[i] = *n;
  }
  auto step = bounds[2].value_or(1);
  if (step == 0)
    return failure(errc::runtime, "slice step cannot be zero");
  auto mark = run_.left().mark();
  auto out = from.is_text() ? text_slice(from.as_text(), bounds, step)
                            : list_slice(from, bounds, step);
  run_.left().settle(mark);
  return out;
}

} // namespace troupe
