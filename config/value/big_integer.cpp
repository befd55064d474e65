#include "config/value/big_integer.hpp"

#include <limits>

namespace troupe {

using boost::multiprecision::cpp_int;

value integer_value(const cpp_int& number) {
  if (number >= std::numeric_limits<int64_t>::min()
      && number <= std::numeric_limits<int64_t>::max())
    return value{static_cast<int64_t>(number)};
  return value{std::make_shared<const big_integer>(big_integer{number})};
}

cpp_int to_big(const value& x) {
  if (x.is_big())
    return x.as_big().number;
  if (x.is_bool())
    return cpp_int{x.as_bool() ? 1 : 0};
  return cpp_int{x.as_int()};
}

} // namespace troupe
