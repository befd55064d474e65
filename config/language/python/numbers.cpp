#include "config/language/python/numbers.hpp"

#include "config/value/big_integer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace troupe {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

int prefix_base(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0')
    return 0;
  switch (digits[1] | 0x20) {
  case 'x':
    return 16;
  case 'o':
    return 8;
  case 'b':
    return 2;
  default:
    return 0;
  }
}

// Python refuses longer ones too: the time grows with the square.
constexpr size_t most_digits = 4300;

} // namespace

std::optional<value> parse_integer(std::string_view digits, int base) {
  bool negative = false;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
    negative = digits[0] == '-';
    digits.remove_prefix(1);
  }
  auto prefix = prefix_base(digits);
  if (prefix && (base == 0 || base == prefix)) {
    base = prefix;
    digits.remove_prefix(2);
    if (!digits.empty() && digits[0] == '_')
      digits.remove_prefix(1);
  } else if (base == 0) {
    base = 10;
    if (digits.size() > 1 && digits[0] == '0'
        && digits.find_first_not_of("0_") != std::string_view::npos)
      return std::nullopt;
  }
  if (digits.empty() || digits.size() > most_digits)
    return std::nullopt;
  big_integer large;
  int64_t small = 0;
  bool fits = true;
  bool after_digit = false;
  for (char c : digits) {
    if (c == '_' && after_digit) {
      after_digit = false;
      continue;
    }
    auto digit = digit_of(c);
    if (digit >= base)
      return std::nullopt;
    after_digit = true;
    if (fits && small > (INT64_MAX - digit) / base) {
      fits = false;
      large = small;
    }
    if (fits)
      small = small * base + digit;
    else
      large.append(static_cast<unsigned>(base), static_cast<unsigned>(digit));
  }
  if (!after_digit)
    return std::nullopt;
  if (fits)
    return value{negative ? -small : small};
  return integer_value(negative ? -large : large);
}

std::optional<value> parse_real(std::string_view digits) {
  std::string clean;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] != '_') {
      clean += digits[i];
      continue;
    }
    auto between = i > 0 && i + 1 < digits.size()
                   && digit_of(digits[i - 1]) < 10
                   && digit_of(digits[i + 1]) < 10;
    if (!between)
      return std::nullopt;
  }
  std::string_view rest = clean;
  if (rest.starts_with('+'))
    rest.remove_prefix(1);
  // from_chars takes "nan(...)" and hexadecimal, which Python does not.
  if (rest.empty() || rest.find('(') != std::string_view::npos)
    return std::nullopt;
  if (rest[0] == '+' || (rest.size() > 1 && rest[0] == '-' && clean[0] == '+'))
    return std::nullopt;
  double x = 0;
  auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), x);
  if (end != rest.data() + rest.size())
    return std::nullopt;
  if (code == std::errc::result_out_of_range)
    x = std::strtod(std::string{rest}.c_str(), nullptr);
  else if (code != std::errc{})
    return std::nullopt;
  return value{x};
}

std::string show_real(double x) {
  if (std::isnan(x))
    return "nan";
  if (std::isinf(x))
    return x < 0 ? "-inf" : "inf";
  auto out = fmt::format("{}", x);
  if (out.find_first_of(".e") == std::string::npos)
    out += ".0";
  return out;
}

double to_real(const value& x) {
  if (x.is_real())
    return x.as_real();
  if (x.is_bool())
    return x.as_bool();
  if (x.is_big())
    return x.as_big().real();
  return static_cast<double>(x.as_int());
}

std::optional<value> truncate(double x) {
  if (!std::isfinite(x))
    return std::nullopt;
  if (std::fabs(x) < 9e18)
    return value{static_cast<int64_t>(x)};
  return integer_value(big_integer::of_real(x));
}

double round_real(double x, int digits) {
  if (!std::isfinite(x) || digits > 323)
    return x;
  if (digits < -308)
    return std::copysign(0.0, x);
  if (digits == 0) {
    auto down = std::floor(x);
    auto rest = x - down;
    if (rest < 0.5)
      return std::copysign(down, x);
    if (rest > 0.5)
      return std::copysign(down + 1, x);
    return std::copysign(std::fmod(down, 2) == 0 ? down : down + 1, x);
  }
  if (digits > 0) {
    // Exact decimal digits decide, not a product with its own error.
    auto text = fmt::format("{:.{}f}", x, digits);
    return std::strtod(text.c_str(), nullptr);
  }
  auto scale = std::pow(10.0, -digits);
  return round_real(x / scale, 0) * scale;
}

bool is_number(const value& x) {
  return x.is_bool() || x.is_integer() || x.is_real();
}

} // namespace troupe
