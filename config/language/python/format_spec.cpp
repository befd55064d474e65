#include "config/language/language.hpp"
#include "config/language/python/format.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <cmath>
#include <ios>

namespace troupe {

namespace {

constexpr int most_width = 10'000'000;

/// [[fill]align][sign][#][0][width][grouping][.precision][type]
struct layout {
  std::string fill = " ";
  char align = 0;
  char sign = '-';
  bool alternate = false;
  int width = 0;
  char grouping = 0;
  int precision = -1;
  char type = 0;
};

bool is_align(char c) {
  return c == '<' || c == '>' || c == '^' || c == '=';
}

std::optional<int> read_number(std::string_view& x) {
  if (x.empty() || x[0] < '0' || x[0] > '9')
    return std::nullopt;
  int out = 0;
  while (!x.empty() && x[0] >= '0' && x[0] <= '9') {
    out = std::min(out * 10 + (x[0] - '0'), most_width + 1);
    x.remove_prefix(1);
  }
  return out;
}

result<layout> read_layout(std::string_view x) {
  layout out;
  size_t fill = 0;
  if (!x.empty())
    next_point(x, fill);
  if (fill < x.size() && is_align(x[fill])) {
    out.fill = x.substr(0, fill);
    out.align = x[fill];
    x.remove_prefix(fill + 1);
  } else if (!x.empty() && is_align(x[0])) {
    out.align = x[0];
    x.remove_prefix(1);
  }
  if (!x.empty() && (x[0] == '+' || x[0] == '-' || x[0] == ' ')) {
    out.sign = x[0];
    x.remove_prefix(1);
  }
  if (x.starts_with('#')) {
    out.alternate = true;
    x.remove_prefix(1);
  }
  if (x.starts_with('0')) {
    if (!out.align) {
      out.fill = "0";
      out.align = '=';
    }
    x.remove_prefix(1);
  }
  out.width = read_number(x).value_or(0);
  if (!x.empty() && (x[0] == ',' || x[0] == '_')) {
    out.grouping = x[0];
    x.remove_prefix(1);
  }
  if (x.starts_with('.')) {
    x.remove_prefix(1);
    auto n = read_number(x);
    if (!n)
      return failure(errc::runtime, "Format specifier missing precision");
    out.precision = *n;
  }
  if (x.size() > 1)
    return failure(errc::runtime, "Invalid format specifier");
  if (!x.empty())
    out.type = x[0];
  if (out.width > most_width || out.precision > most_width)
    return failure(errc::exhausted, "the formatted text is too wide");
  return out;
}

std::string padded(std::string_view sign, std::string_view body,
                   const layout& how, char align) {
  auto size = static_cast<int>(count_points(body) + sign.size());
  auto room = std::max(how.width - size, 0);
  auto fill = [&](int n) {
    std::string out;
    for (int i = 0; i < n; ++i)
      out += how.fill;
    return out;
  };
  std::string all{sign};
  all += body;
  switch (align) {
  case '<':
    return all + fill(room);
  case '^':
    return fill(room / 2) + all + fill(room - room / 2);
  case '=':
    return std::string{sign} + fill(room) + std::string{body};
  default:
    return fill(room) + all;
  }
}

std::string grouped(std::string digits, char by, size_t each = 3) {
  if (!by)
    return digits;
  auto end = digits.find_first_of(".e");
  auto i = end == std::string::npos ? digits.size() : end;
  while (i > each) {
    i -= each;
    digits.insert(i, 1, by);
  }
  return digits;
}

/// The digits of a number that is not negative, to the base 2, 8 or 16.
std::string in_base(const big_integer& x, unsigned base, bool upper) {
  if (base == 8)
    return x.digits(8);
  auto digits = x.digits(16);
  if (base == 16)
    return upper ? to_upper(digits) : digits;
  std::string out;
  for (char c : digits) {
    auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    for (int bit = 8; bit > 0; bit /= 2)
      out += digit & bit ? '1' : '0';
  }
  return out.substr(std::min(out.find('1'), out.size() - 1));
}

std::string sign_text(bool negative, char sign) {
  if (negative)
    return "-";
  return sign == '-' ? "" : std::string(1, sign);
}

result<std::string> format_integer(const value& x, const layout& how) {
  auto number = to_big(x);
  auto sign = sign_text(number.sign() < 0, how.sign);
  if (number.sign() < 0)
    number = -number;
  std::string body;
  switch (how.type) {
  case 0:
  case 'd':
  case 'n':
    body = grouped(to_display(integer_value(number)), how.grouping);
    break;
  case 'x':
  case 'X':
    body = grouped(in_base(number, 16, how.type == 'X'), how.grouping, 4);
    break;
  case 'o':
    body = grouped(in_base(number, 8, false), how.grouping, 4);
    break;
  case 'b':
    body = grouped(in_base(number, 2, false), how.grouping, 4);
    break;
  case 'c':
    append_utf8(body, number.words().front() & 0x1fffff);
    break;
  default:
    return failure(errc::runtime,
                   "Unknown format code '{}' for object of type 'int'",
                   how.type);
  }
  if (how.alternate && how.type && how.type != 'd')
    sign += std::string{"0"} + how.type;
  return padded(sign, body, how, how.align ? how.align : '>');
}

std::string general(double x, int precision, bool upper, bool alternate) {
  auto text = alternate ? fmt::format("{:#.{}g}", x, std::max(precision, 1))
                        : fmt::format("{:.{}g}", x, std::max(precision, 1));
  return upper ? to_upper(text) : text;
}

result<std::string> format_real(double x, const layout& how) {
  auto negative = std::signbit(x) && !std::isnan(x);
  auto size = std::fabs(x);
  auto sign = sign_text(negative, how.sign);
  auto precision = how.precision < 0 ? 6 : how.precision;
  std::string body;
  if (!std::isfinite(size)) {
    body = std::isnan(size) ? "nan" : "inf";
    return padded(sign, body, how, how.align ? how.align : '>');
  }
  switch (how.type) {
  case 0:
    body = how.precision < 0 ? show_real(size)
                             : general(size, precision, false, false);
    if (how.precision >= 0 && body.find_first_of(".e") == body.npos)
      body += ".0";
    break;
  case 'f':
  case 'F':
    body = fmt::format("{:.{}f}", size, precision);
    break;
  case 'e':
    body = fmt::format("{:.{}e}", size, precision);
    break;
  case 'E':
    body = fmt::format("{:.{}E}", size, precision);
    break;
  case 'g':
  case 'G':
  case 'n':
    body = general(size, precision, how.type == 'G', how.alternate);
    break;
  case '%':
    body = fmt::format("{:.{}f}%", size * 100, precision);
    break;
  default:
    return failure(errc::runtime,
                   "Unknown format code '{}' for object of type 'float'",
                   how.type);
  }
  return padded(sign, grouped(body, how.grouping), how,
                how.align ? how.align : '>');
}

result<std::string> format_text(std::string_view x, const layout& how) {
  if (how.grouping)
    return failure(errc::runtime, "Cannot specify '{}' with 's'.",
                   how.grouping);
  if (how.sign != '-')
    return failure(errc::runtime, "Sign not allowed in string format "
                                  "specifier");
  if (how.type && how.type != 's')
    return failure(errc::runtime,
                   "Unknown format code '{}' for object of type 'str'",
                   how.type);
  if (how.align == '=' && how.fill != "0")
    return failure(errc::runtime,
                   "'=' alignment not allowed in string format specifier");
  if (how.precision >= 0)
    x = x.substr(0, offset_of_point(x, static_cast<size_t>(how.precision)));
  auto align = how.align == 0 || how.align == '=' ? '<' : how.align;
  return padded("", x, how, align);
}

} // namespace

result<std::string> format_spec(const value& x, std::string_view spec) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (spec.empty())
    return to_display(x);
  auto how = read_layout(spec);
  if (!how)
    return how.why();
  if (!work_meter::make(
        static_cast<uint64_t>(std::max({how->width, how->precision, 0})),
        how->fill.size()))
    return std::string{};
  auto real_type
    = std::string_view{"eEfFgG%"}.find(how->type) != std::string_view::npos;
  if (x.is_real()
      || ((x.is_integer() || x.is_bool()) && how->type && real_type))
    return format_real(to_real(x), *how);
  if (x.is_integer() || x.is_bool())
    return format_integer(x, *how);
  if (x.is_text())
    return format_text(x.as_string(), *how);
  return failure(errc::type,
                 "unsupported format string passed to {}.__format__",
                 python_type(x));
}

} // namespace troupe
