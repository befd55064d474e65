#include "config/language/library/tables.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"

namespace troupe {

result<call_arguments>
evaluator::evaluate_arguments(const arguments_syntax& x) {
  call_arguments out;
  out.positional.reserve(x.positional.size());
  for (auto& node : x.positional) {
    auto y = evaluate(*node);
    if (!y)
      return y.why();
    out.positional.push_back(std::move(*y));
  }
  for (auto& [name, node] : x.named) {
    auto y = evaluate(*node);
    if (!y)
      return y.why();
    out.named.emplace_back(name, std::move(*y));
  }
  if (x.star) {
    auto all = evaluate(*x.star);
    if (!all)
      return all.why();
    auto items = elements(*all);
    if (!items)
      return items.why();
    for (auto& y : *items)
      out.positional.push_back(std::move(y));
  }
  if (x.double_star) {
    auto all = evaluate(*x.double_star);
    if (!all)
      return all.why();
    if (is_strict_undefined(*all))
      return undefined_error(*all);
    if (!all->is_dict())
      return failure(errc::type, "argument after ** must be a mapping, not {}",
                     python_type(*all));
    for (auto& [key, y] : all->as_dict()) {
      if (!key.is_text())
        return failure(errc::type, "keywords must be strings");
      out.named.emplace_back(key.as_string(), y);
    }
  }
  return out;
}

result<value> evaluator::call(const value& callee, call_arguments arguments) {
  if (callee.is_undefined())
    return undefined_error(callee);
  if (!callee.is_object() || !callee.as_object()->callable())
    return failure(errc::type, "'{}' object is not callable",
                   operand_type(callee));
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return ok.why();
  if (auto ok = run_.spend(); !ok)
    return ok.why();
  return callee.as_object()->call(*this, std::move(arguments));
}

result<value> evaluator::filter(const filter_row& row, const value& input,
                                call_arguments given) {
  // Called by filters, which may call more of them.
  if (auto ok = run_.check_stack(); !ok)
    return ok.why();
  auto bound = match(row.name, parameters_of(row), std::move(given));
  if (!bound)
    return bound.why();
  work_meter::visit();
  return row.run(*this, input, *bound);
}

result<bool> evaluator::test(const test_row& row, const value& input,
                             call_arguments given) {
  // Called by filters, which may call more of them.
  if (auto ok = run_.check_stack(); !ok)
    return ok.why();
  auto bound = match(row.name, parameters_of(row), std::move(given));
  if (!bound)
    return bound.why();
  work_meter::visit();
  return row.run(*this, input, *bound);
}

/// As `bind`, for as many arguments as are written: needs no lists of them.
result<void> evaluator::bind_plain(std::string_view name,
                                   const signature& parameters,
                                   const arguments_syntax& x,
                                   bound_arguments& out) {
  for (auto& node : x.positional) {
    auto y = evaluate(*node);
    if (!y)
      return y.why();
    out.push_back(std::move(*y));
  }
  // As in Python all are evaluated before any is found wrong.
  result<void> first;
  for (auto& [key, node] : x.named) {
    auto y = evaluate(*node);
    if (!y)
      return y.why();
    if (auto ok = out.take_named(name, parameters, key, std::move(*y));
        !ok && first)
      first = std::move(ok);
  }
  return first ? out.check(name, parameters) : first;
}

/// Evaluates arguments and matches them with parameters.
result<void> evaluator::bind(std::string_view name, const signature& parameters,
                             const arguments_syntax& x, bound_arguments& out) {
  if (!x.star && !x.double_star
      && x.positional.size() <= parameters.names.size())
    return bind_plain(name, parameters, x, out);
  auto given = evaluate_arguments(x);
  if (!given)
    return given.why();
  auto matched = match(name, parameters, std::move(*given));
  if (!matched)
    return matched.why();
  out = std::move(*matched);
  return {};
}

} // namespace troupe
