#include "config/language/python/convert.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

result<bool> evaluator::find_truth(const expression& x) {
  using kind = expression_kind;
  switch (x.kind) {
  case kind::both:
  case kind::either: {
    auto decisive = x.kind == kind::either;
    for (auto& item : static_cast<const logic_node&>(x).items) {
      auto yes = is_true(*item);
      if (!yes || *yes == decisive)
        return yes;
    }
    return !decisive;
  }
  case kind::invert: {
    auto yes = is_true(*static_cast<const unary_node&>(x).operand);
    return yes ? result<bool>{!*yes} : yes;
  }
  case kind::compare:
    return evaluate_compare(static_cast<const compare_node&>(x));
  case kind::chain: {
    auto& chain = static_cast<const chain_node&>(x);
    if (chain.steps.back()->kind == step_kind::test)
      return ends_true(chain);
    break;
  }
  default:
    break;
  }
  operand y{run_.left()};
  if (auto ok = find(x, y); !ok)
    return ok.why();
  if (y->is_bool())
    return y->as_bool();
  auto yes = truth(*y);
  return yes ? yes : placed(hinted(yes.why(), x), x.at);
}

/// The answer of the test that `x` ends with.
result<bool> evaluator::ends_true(const chain_node& x) {
  operand y{run_.left()};
  if (auto ok = find(*x.head, y); !ok)
    return ok.why();
  if (auto ok = follow(x, 0, x.steps.size() - 1, y); !ok)
    return ok.why();
  auto yes = run_test(static_cast<const test_step&>(*x.steps.back()), y);
  if (yes)
    return yes;
  return placed(y->is_undefined() ? hinted(yes.why(), x, x.steps.size() - 1)
                                  : yes.why(),
                x.at);
}

result<value> evaluator::evaluate_logic(const logic_node& x) {
  operand y{run_.left()};
  for (auto& item : x.items) {
    if (auto ok = find(*item, y); !ok)
      return ok.why();
    if (&item == &x.items.back())
      break;
    auto yes = truth(*y);
    if (!yes)
      return placed(yes.why(), item->at);
    if (*yes == (x.kind == expression_kind::either))
      break;
  }
  return y.take();
}

result<bool> evaluator::evaluate_compare(const compare_node& x) {
  operand left{run_.left()};
  if (auto ok = find(*x.first, left); !ok)
    return ok.why();
  auto* before = x.first.get();
  for (auto& [op, node] : x.rest) {
    if (!is_kept(*node))
      left.hold();
    operand right{run_.left()};
    if (auto ok = find(*node, right); !ok)
      return ok.why();
    auto yes = compare(op, *left, *right);
    if (!yes) {
      auto& culprit = left->is_undefined() ? *before : *node;
      return placed(hinted(yes.why(), culprit), culprit.at);
    }
    if (!*yes)
      return false;
    before = node.get();
    if (&node != &x.rest.back().second)
      left.keep(*right);
  }
  return true;
}

/// The last test is asked first: what stands before it is what it decides
/// about.
result<value> evaluator::evaluate_choice(const choice_node& x) {
  for (auto i = x.tests.size(); i > 0; --i) {
    auto yes = is_true(*x.tests[i - 1]);
    if (!yes)
      return yes.why();
    if (*yes)
      continue;
    if (x.otherwise && i == x.tests.size())
      return evaluate(*x.otherwise);
    return value::undefined("the inline if-expression evaluated to false and "
                            "no else section was defined",
                            true);
  }
  return evaluate(*x.then);
}

} // namespace troupe
