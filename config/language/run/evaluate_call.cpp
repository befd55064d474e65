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
                   python_type(callee));
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return ok.why();
  if (auto ok = run_.spend(); !ok)
    return ok.why();
  return callee.as_object()->call(*this, std::move(arguments));
}

result<value> evaluator::evaluate_call(const call_node& x) {
  // A method is called without making an object of it first.
  if (x.callee->kind == expression_kind::attribute) {
    auto& member = static_cast<const attribute_node&>(*x.callee);
    auto self = evaluate(*member.object);
    if (!self)
      return self;
    if (auto* row = find_method(*self, member.name)) {
      bound_arguments with;
      auto ok = bind(row->name, parameters_of(*row), x.arguments, with);
      if (!ok)
        return placed(ok.why(), x.at);
      return located(row->run(*this, *self, with), x.at);
    }
    auto callee = get_attribute(*this, *self, member.name);
    if (!callee)
      return placed(callee.why(), x.at);
    auto given = evaluate_arguments(x.arguments);
    if (!given)
      return placed(given.why(), x.at);
    return located(call(*callee, std::move(*given)), x.at);
  }
  auto callee = evaluate(*x.callee);
  if (!callee)
    return callee;
  auto given = evaluate_arguments(x.arguments);
  if (!given)
    return placed(given.why(), x.at);
  return located(call(*callee, std::move(*given)), x.at);
}

result<value> evaluator::filter(const filter_row& row, const value& input,
                                call_arguments given) {
  auto bound = match(row.name, parameters_of(row), std::move(given));
  if (!bound)
    return bound.why();
  return row.run(*this, input, *bound);
}

result<bool> evaluator::test(const test_row& row, const value& input,
                             call_arguments given) {
  auto bound = match(row.name, parameters_of(row), std::move(given));
  if (!bound)
    return bound.why();
  return row.run(*this, input, *bound);
}

result<value> evaluator::run_filter(const filter_node& x, const value& input,
                                    const bound_arguments& with) {
  return located(x.row->run(*this, input, with), x.at);
}

result<value> evaluator::evaluate_filter(const filter_node& x,
                                         const value* given) {
  // What is kept may be gone once arguments have been evaluated.
  if (x.bound)
    if (auto* kept = x.input ? peek(*x.input) : given)
      return run_filter(x, *kept, *x.bound);
  auto input
    = !x.input ? result<value>{*given}
      : x.input->kind == expression_kind::filter
        ? evaluate_filter(static_cast<const filter_node&>(*x.input), given)
        : evaluate(*x.input);
  if (!input)
    return input;
  if (x.bound)
    return run_filter(x, *input, *x.bound);
  bound_arguments with;
  if (auto ok = bind(x.row->name, *x.parameters, x.arguments, with); !ok)
    return placed(ok.why(), x.at);
  return run_filter(x, *input, with);
}

result<bool> evaluator::evaluate_test(const test_node& x) {
  auto run = [&](const value& input, const bound_arguments& with) {
    return located(x.row->run(*this, input, with), x.at);
  };
  if (auto* kept = x.bound ? peek(*x.input) : nullptr)
    return run(*kept, *x.bound);
  auto input = evaluate(*x.input);
  if (!input)
    return input.why();
  if (x.bound)
    return run(*input, *x.bound);
  bound_arguments with;
  if (auto ok = bind(x.row->name, *x.parameters, x.arguments, with); !ok)
    return placed(ok.why(), x.at);
  return run(*input, with);
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

result<value> evaluator::apply_filters(const expression& chain,
                                       const value& input) {
  return evaluate_filter(static_cast<const filter_node&>(chain), &input);
}

} // namespace troupe
