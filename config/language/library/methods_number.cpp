#include "config/language/library/tables.hpp"
#include "config/language/python/numbers.hpp"
#include "config/value/big_integer.hpp"

#include <cmath>

namespace troupe {

namespace {

result<value> bit_length(evaluator&, value& self, const bound_arguments&) {
  return value{uint64_t{to_big(self).bits()}};
}

result<value> is_whole(evaluator&, value& self, const bound_arguments&) {
  auto x = self.as_real();
  return value{std::isfinite(x) && std::floor(x) == x};
}

result<value> same(evaluator&, value& self, const bound_arguments&) {
  return self;
}

constexpr method_row integer_rows[] = {
  {"bit_length", "", bit_length},
  {"conjugate", "", same},
  {"__int__", "", same},
};

constexpr method_row real_rows[] = {
  {"is_integer", "", is_whole},
  {"conjugate", "", same},
  {"__float__", "", same},
};

} // namespace

std::span<const method_row> integer_methods() {
  return integer_rows;
}

std::span<const method_row> real_methods() {
  return real_rows;
}

} // namespace troupe
