#include "config/language/python/convert.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

result<bool> evaluator::is_true(const expression& x) {
  using kind = expression_kind;
  switch (x.kind) {
  case kind::both:
  case kind::either: {
    auto& node = static_cast<const binary_node&>(x);
    auto left = is_true(*node.left);
    if (!left || *left == (x.kind == kind::either))
      return left;
    return is_true(*node.right);
  }
  case kind::invert: {
    auto yes = is_true(*static_cast<const unary_node&>(x).operand);
    return yes ? result<bool>{!*yes} : yes;
  }
  case kind::compare:
    return evaluate_compare(static_cast<const compare_node&>(x));
  case kind::test:
    return evaluate_test(static_cast<const test_node&>(x));
  default:
    break;
  }
  auto told = [&](const value& y) -> result<bool> {
    if (y.is_bool())
      return y.as_bool();
    return located(truth(y), x.at);
  };
  if (auto* kept = peek(x))
    return told(*kept);
  auto y = evaluate(x);
  return y ? told(*y) : y.why();
}

result<value> evaluator::evaluate_logic(const binary_node& x) {
  auto left = evaluate(*x.left);
  if (!left)
    return left;
  auto yes = truth(*left);
  if (!yes)
    return placed(yes.why(), x.left->at);
  if (*yes == (x.kind == expression_kind::either))
    return left;
  return evaluate(*x.right);
}

result<bool> evaluator::evaluate_compare(const compare_node& x) {
  if (x.rest.size() == 1) {
    auto& [op, operand] = x.rest.front();
    auto* left = peek(*x.first);
    auto* right = peek(*operand);
    if (left && right) {
      return located(compare(op, *left, *right), operand->at);
    }
  }
  auto left = evaluate(*x.first);
  if (!left)
    return left.why();
  if (x.rest.size() == 1)
    if (auto* right = peek(*x.rest.front().second)) {
      return located(compare(x.rest.front().first, *left, *right),
                     x.rest.front().second->at);
    }
  for (auto& [op, operand] : x.rest) {
    auto right = evaluate(*operand);
    if (!right)
      return right.why();
    auto yes = compare(op, *left, *right);
    if (!yes)
      return placed(yes.why(), operand->at);
    if (!*yes)
      return false;
    left = std::move(right);
  }
  return true;
}

result<value> evaluator::evaluate_choice(const choice_node& x) {
  auto yes = is_true(*x.test);
  if (!yes)
    return yes.why();
  if (*yes)
    return evaluate(*x.then);
  if (x.otherwise)
    return evaluate(*x.otherwise);
  return value::undefined("the inline if-expression evaluated to false and no "
                          "else section was defined",
                          true);
}

} // namespace troupe
