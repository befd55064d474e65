#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"

#include <cmath>

namespace troupe {

namespace {

result<bool> divides(const value& x, const value& by, int64_t rest) {
  auto left = arithmetic(arithmetic_op::modulo, x, by);
  if (!left)
    return left.why();
  return *left == value{rest};
}

result<bool> even(evaluator&, const value& x, const bound_arguments&) {
  return divides(x, value{2}, 0);
}

result<bool> odd(evaluator&, const value& x, const bound_arguments&) {
  return divides(x, value{2}, 1);
}

result<bool> divisible(evaluator&, const value& x,
                       const bound_arguments& with) {
  return divides(x, with[0], 0);
}

result<bool> not_a_number(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  return x.is_real() && std::isnan(x.as_real());
}

constexpr test_row number_test_rows[] = {
  {"even", "", even},
  {"odd", "", odd},
  {"divisibleby", "num", divisible},
  {"nan", "", not_a_number},
  {"isnan", "", not_a_number},
};

} // namespace

std::span<const test_row> number_tests() {
  return number_test_rows;
}

} // namespace troupe
