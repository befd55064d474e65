#include "config/language/python/operators.hpp"

#include "config/language/language.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/format.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/run/object.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

namespace {

// More would only be made by mistake.
constexpr unsigned most_bits = 1u << 18;

std::string_view sign_of(arithmetic_op op) {
  switch (op) {
  case arithmetic_op::add:
    return "+";
  case arithmetic_op::subtract:
    return "-";
  case arithmetic_op::multiply:
    return "*";
  case arithmetic_op::divide:
    return "/";
  case arithmetic_op::floor_divide:
    return "//";
  case arithmetic_op::modulo:
    return "%";
  default:
    return "** or pow()";
  }
}

error division_error(std::string_view what) {
  return {errc::runtime, std::string{what}};
}

result<value> big_power(const big_integer& x, const value& exponent) {
  auto n = exponent.is_bool() ? std::optional<int64_t>{exponent.as_bool()}
                              : exponent.to_int();
  // Nothing, 1 and -1 grow with no exponent.
  auto trivial = x.bits() <= 1;
  if (!n || (!trivial && static_cast<uint64_t>(*n) > most_bits / x.bits()))
    return failure(errc::exhausted, "the power is too large");
  if (!trivial)
    return integer_value(x.power(static_cast<unsigned>(*n)));
  auto is_one = *n == 0 || (*n % 2 == 0 && x.sign() < 0);
  return is_one ? value{1} : integer_value(x);
}

/// Counts a multiplication or division of large numbers.
void count_digits(const big_integer& a, const big_integer& b) {
  work_meter::visit((a.bits() / 64 + 1) * (b.bits() / 64 + 1) / 64);
}

result<value> big_arithmetic(arithmetic_op op, const value& x, const value& y) {
  auto a = to_big(x);
  auto b = to_big(y);
  count_digits(a, b);
  switch (op) {
  case arithmetic_op::add:
    return integer_value(a + b);
  case arithmetic_op::subtract:
    return integer_value(a - b);
  case arithmetic_op::multiply:
    if (x.is_big() && y.is_big() && a.bits() + b.bits() > most_bits + 2)
      return failure(errc::exhausted, "the product is too large");
    return integer_value(a * b);
  case arithmetic_op::floor_divide:
    return integer_value(a / b);
  case arithmetic_op::modulo:
    return integer_value(a % b);
  default:
    return big_power(a, y);
  }
}

double floor_modulo(double x, double y) {
  auto rest = std::fmod(x, y);
  if (rest == 0)
    return std::copysign(0.0, y);
  return (rest < 0) != (y < 0) ? rest + y : rest;
}

double floor_quotient(double x, double y) {
  auto quotient = (x - floor_modulo(x, y)) / y;
  if (quotient == 0)
    return std::copysign(0.0, x / y);
  auto down = std::floor(quotient);
  return quotient - down > 0.5 ? down + 1 : down;
}

result<value> real_arithmetic(arithmetic_op op, double x, double y) {
  switch (op) {
  case arithmetic_op::add:
    return value{x + y};
  case arithmetic_op::subtract:
    return value{x - y};
  case arithmetic_op::multiply:
    return value{x * y};
  case arithmetic_op::divide:
    if (y == 0)
      return division_error("float division by zero");
    return value{x / y};
  case arithmetic_op::floor_divide:
    if (y == 0)
      return division_error("float floor division by zero");
    return value{floor_quotient(x, y)};
  case arithmetic_op::modulo:
    if (y == 0)
      return division_error("float modulo");
    return value{floor_modulo(x, y)};
  default:
    break;
  }
  if (x == 0 && y < 0)
    return division_error("0.0 cannot be raised to a negative power");
  auto power = std::pow(x, y);
  if (std::isnan(power) && !std::isnan(x) && !std::isnan(y))
    return failure(errc::type, "the power is a complex number");
  if (std::isinf(power) && std::isfinite(x) && std::isfinite(y))
    return failure(errc::runtime, "Numerical result out of range");
  return value{power};
}

/// The operation in 64 bits; nothing when it does not fit.
std::optional<value> small_arithmetic(arithmetic_op op, int64_t x, int64_t y) {
  int64_t out = 0;
  switch (op) {
  case arithmetic_op::add:
    if (!__builtin_add_overflow(x, y, &out))
      return value{out};
    return std::nullopt;
  case arithmetic_op::subtract:
    if (!__builtin_sub_overflow(x, y, &out))
      return value{out};
    return std::nullopt;
  case arithmetic_op::multiply:
    if (!__builtin_mul_overflow(x, y, &out))
      return value{out};
    return std::nullopt;
  case arithmetic_op::floor_divide:
  case arithmetic_op::modulo: {
    if (y == -1)
      return std::nullopt;
    auto rest = x % y;
    auto down = rest != 0 && (rest < 0) != (y < 0);
    if (op == arithmetic_op::modulo)
      return value{down ? rest + y : rest};
    return value{x / y - (down ? 1 : 0)};
  }
  default:
    return std::nullopt;
  }
}

result<value> number_arithmetic(arithmetic_op op, const value& x,
                                const value& y) {
  auto negative_power
    = op == arithmetic_op::power && !y.is_real() && to_real(y) < 0;
  if (x.is_real() || y.is_real() || op == arithmetic_op::divide
      || negative_power) {
    if (op == arithmetic_op::divide && !x.is_real() && !y.is_real()
        && to_real(y) == 0)
      return division_error("division by zero");
    return real_arithmetic(op, to_real(x), to_real(y));
  }
  if ((op == arithmetic_op::floor_divide || op == arithmetic_op::modulo)
      && !truthy(y))
    return division_error("integer division or modulo by zero");
  if (!x.is_big() && !y.is_big())
    if (auto out = small_arithmetic(op, *as_index(x), *as_index(y)))
      return *out;
  return big_arithmetic(op, x, y);
}

result<value> repeated(const value& x, const value& times) {
  auto n = as_index(times);
  if (!n)
    return failure(errc::runtime, "cannot repeat by a number this large");
  auto count = static_cast<size_t>(std::max<int64_t>(*n, 0));
  if (x.is_text()) {
    auto& bytes = x.as_string();
    std::string out;
    if (bytes.empty() || !work_meter::make(count, bytes.size())
        || !work_meter::may_grow(bytes.size() * count))
      return value{std::move(out)};
    if (bytes.size() == 1)
      return value{out.assign(count, bytes[0])};
    out.reserve(bytes.size() * count);
    for (size_t i = 0; i < count; ++i)
      out += bytes;
    return is_markup(x) ? markup_of(std::move(out)) : value{std::move(out)};
  }
  auto& items = x.as_list();
  list out{{}, items.kind};
  if (items.empty() || !work_meter::make(count, items.size() * sizeof(value)))
    return value{std::move(out)};
  out.items.reserve(items.size() * count);
  for (size_t i = 0; i < count; ++i)
    out.items.insert(out.items.end(), items.begin(), items.end());
  return value{std::move(out)};
}

bool is_plain_list(const value& x) {
  return x.is_list()
         && (x.as_list().kind == list::form::list
             || x.as_list().kind == list::form::tuple);
}

result<value> sum(const value& x, const value& y) {
  if (x.is_text() && y.is_text()) {
    if (!work_meter::may_grow(x.as_string().size() + y.as_string().size()))
      return value{""};
    if (!is_markup(x) && !is_markup(y))
      return value{x.as_string() + y.as_string()};
    return markup_of(escaped_for_markup(x).as_string()
                     + escaped_for_markup(y).as_string());
  }
  if (is_plain_list(x) && is_plain_list(y)
      && x.as_list().kind == y.as_list().kind) {
    list out{{}, x.as_list().kind};
    out.items.reserve(x.as_list().size() + y.as_list().size());
    for (auto* part : {&x.as_list(), &y.as_list()})
      for (auto& item : *part)
        out.items.push_back(item);
    return value{std::move(out)};
  }
  if (x.is_text())
    return failure(errc::type, "can only concatenate str (not \"{}\") to str",
                   python_type(y));
  if (is_plain_list(x))
    return failure(errc::type, "can only concatenate {} (not \"{}\") to {}",
                   python_type(x), python_type(y), python_type(x));
  return operand_error("+", x, y);
}

/// `%`, which makes HTML of HTML.
result<value> formatted_like(const value& x, const value& y) {
  if (!is_markup(x))
    return percent_format(x.as_string(), y);
  auto out = percent_format(x.as_string(), escaped_for_markup(y));
  return out && out->is_text() ? markup_of(out->as_string()) : out;
}

} // namespace

error operand_error(std::string_view sign, const value& x, const value& y) {
  return failure(errc::type,
                 "unsupported operand type(s) for {}: '{}' and '{}'", sign,
                 operand_type(x), operand_type(y));
}

result<value> arithmetic(arithmetic_op op, const value& x, const value& y) {
  if (is_number(x) && is_number(y))
    return number_arithmetic(op, x, y);
  if (x.is_undefined())
    return undefined_error(x);
  if (op == arithmetic_op::modulo && x.is_text())
    return formatted_like(x, y);
  if (y.is_undefined())
    return undefined_error(y);
  if (x.is_object()) {
    std::optional<value> out;
    if (op == arithmetic_op::add)
      out = x.as_object()->add(y);
    else if (op == arithmetic_op::subtract)
      out = x.as_object()->subtract(y);
    if (out)
      return *out;
  }
  if (op == arithmetic_op::add)
    return sum(x, y);
  if (op == arithmetic_op::multiply) {
    if ((x.is_text() || is_plain_list(x)) && (y.is_integer() || y.is_bool()))
      return repeated(x, y);
    if ((y.is_text() || is_plain_list(y)) && (x.is_integer() || x.is_bool()))
      return repeated(y, x);
    if (x.is_text() || is_plain_list(x))
      return failure(errc::type,
                     "can't multiply sequence by non-int of type '{}'",
                     operand_type(y));
  }
  return operand_error(sign_of(op), x, y);
}

result<value> negated(const value& x) {
  if (x.is_undefined())
    return undefined_error(x);
  if (x.is_real())
    return value{-x.as_real()};
  if (x.is_big())
    return integer_value(-to_big(x));
  if (auto n = as_index(x)) {
    if (*n == INT64_MIN)
      return integer_value(-to_big(x));
    return value{-*n};
  }
  return failure(errc::type, "bad operand type for unary -: '{}'",
                 operand_type(x));
}

} // namespace troupe
