#include "config/language/language.hpp"
#include "config/language/library/size_text.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/big_integer.hpp"

#include <array>
#include <cmath>

namespace troupe {

namespace {

std::string bare(const value& x) {
  auto out = strip(x.as_string(), std::nullopt, true, true);
  return is_ascii(out) ? out : ascii_digits(out);
}

/// What `float(x)` gives; nothing when Python cannot.
std::optional<double> as_float(const value& x) {
  if (is_number(x))
    return to_real(x);
  if (!x.is_text())
    return std::nullopt;
  auto out = parse_real(bare(x));
  return out ? std::optional{out->as_real()} : std::nullopt;
}

result<value> to_int(evaluator&, const value& x, const bound_arguments& with) {
  auto base = with.integer(1, 10);
  if (!base)
    return base.why();
  if (x.is_integer())
    return x;
  auto otherwise = with.has(0) ? with[0] : value{0};
  if (x.is_undefined())
    return undefined_error(x);
  if (x.is_bool())
    return value{int64_t{x.as_bool()}};
  if (x.is_text()) {
    if (*base != 0 && (*base < 2 || *base > 36))
      return otherwise;
    if (auto out = parse_integer(bare(x), static_cast<int>(*base)))
      return *out;
  }
  auto real = as_float(x);
  auto whole = real ? truncate(*real) : std::nullopt;
  return whole ? *whole : otherwise;
}

result<value> to_float(evaluator&, const value& x,
                       const bound_arguments& with) {
  if (x.is_undefined())
    return undefined_error(x);
  if (auto out = as_float(x))
    return value{*out};
  return with.has(0) ? with[0] : value{0.0};
}

result<value> absolute(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!is_number(x))
    return failure(errc::type, "bad operand type for abs(): '{}'",
                   operand_type(x));
  if (x.is_real())
    return value{std::fabs(x.as_real())};
  auto n = to_big(x);
  return integer_value(n.sign() < 0 ? -n : n);
}

/// An integer rounded to tens, hundreds, ... , halves to even.
value round_integer(const value& x, int64_t digits) {
  if (digits >= 0)
    return x.is_bool() ? value{int64_t{x.as_bool()}} : x;
  if (digits < -4000)
    return value{0};
  auto unit = big_integer{10}.power(static_cast<unsigned>(-digits));
  auto n = to_big(x);
  auto down = n / unit;
  auto twice = n % unit * 2;
  if (twice > unit || (twice == unit && down % 2 != 0))
    down = down + 1;
  return integer_value(down * unit);
}

result<value> round_number(evaluator&, const value& x,
                           const bound_arguments& with) {
  auto digits = with.integer(0);
  auto method = with.text(1, "common");
  if (!digits || !method)
    return digits ? method.why() : digits.why();
  if (*method != "common" && *method != "ceil" && *method != "floor")
    return failure(errc::filter, "method must be common, ceil or floor");
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!is_number(x))
    return failure(errc::type, "type {} doesn't define __round__ method",
                   python_type(x));
  auto places = static_cast<int>(std::clamp<int64_t>(*digits, -5000, 5000));
  if (*method == "common") {
    if (!x.is_real())
      return round_integer(x, *digits);
    return value{round_real(x.as_real(), places)};
  }
  auto scale = std::pow(10.0, places);
  auto scaled = to_real(x) * scale;
  if (!std::isfinite(scaled))
    return failure(errc::runtime, "cannot convert float infinity to integer");
  auto whole = *method == "ceil" ? std::ceil(scaled) : std::floor(scaled);
  // Through an integer, as in Python, so there is no negative zero.
  return value{whole / scale + 0.0};
}

result<value> file_size(evaluator&, const value& x,
                        const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  auto size = as_float(x);
  if (!size)
    return failure(x.is_text() ? errc::runtime : errc::type,
                   "could not convert {} to a number", to_repr(x));
  constexpr std::array<std::array<const char*, 2>, 8> names{{
    {"kB", "KiB"},
    {"MB", "MiB"},
    {"GB", "GiB"},
    {"TB", "TiB"},
    {"PB", "PiB"},
    {"EB", "EiB"},
    {"ZB", "ZiB"},
    {"YB", "YiB"},
  }};
  auto binary = with.flag(0);
  auto base = binary ? 1024.0 : 1000.0;
  if (*size == 1)
    return value{"1 Byte"};
  if (*size < base) {
    auto whole = truncate(*size);
    if (!whole)
      return failure(errc::runtime, "cannot convert float infinity to integer");
    return value{fmt::format("{} Bytes", to_display(*whole))};
  }
  auto unit = base * base;
  size_t i = 0;
  for (; i + 1 < names.size() && !(*size < unit); ++i)
    unit *= base;
  // In this order, which decides how it is rounded and what overflows.
  return value{fmt::format("{:.1f} {}", base * *size / unit, names[i][binary])};
}

/// The number that a mathematical filter needs.
result<double> number(const value& x, std::string_view filter) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!is_number(x))
    return failure(errc::type,
                   "{}() can only be used on numbers: must be real number, not "
                   "{}",
                   filter, python_type(x));
  return to_real(x);
}

result<value> logarithm(evaluator&, const value& x,
                        const bound_arguments& with) {
  auto n = number(x, "log");
  auto base
    = with.has(0) ? number(with[0], "log") : result<double>{std::exp(1.0)};
  if (!n || !base)
    return n ? base.why() : n.why();
  if (*n <= 0 || *base <= 0)
    return failure(errc::runtime, "math domain error");
  if (*base == 10)
    return value{std::log10(*n)};
  if (!with.has(0))
    return value{std::log(*n)};
  if (*base == 1)
    return failure(errc::runtime, "float division by zero");
  return value{std::log(*n) / std::log(*base)};
}

result<value> power(const value& x, const value& y, std::string_view name) {
  auto n = number(x, name);
  auto exponent = number(y, name);
  if (!n || !exponent)
    return n ? exponent.why() : n.why();
  auto out = std::pow(*n, *exponent);
  if (std::isnan(out) && !std::isnan(*n) && !std::isnan(*exponent))
    return failure(errc::runtime, "math domain error");
  if (std::isinf(out) && std::isfinite(*n) && std::isfinite(*exponent))
    return failure(errc::runtime, "{}",
                   *n == 0 ? "math domain error" : "math range error");
  return value{out};
}

result<value> to_power(evaluator&, const value& x,
                       const bound_arguments& with) {
  return power(x, with[0], "pow");
}

result<value> root(evaluator&, const value& x, const bound_arguments& with) {
  auto n = number(x, "root");
  auto base = with.has(0) ? as_float(with[0]) : std::optional{2.0};
  if (!n)
    return n.why();
  if (!base)
    return failure(errc::type, "root() can only be used on numbers");
  if (*base == 0)
    return failure(errc::runtime, "float division by zero");
  if (*n < 0)
    return failure(errc::type,
                   "root() can only be used on numbers: math domain error");
  if (*base == 2)
    return value{std::sqrt(*n)};
  return power(x, value{1.0 / *base}, "root");
}

// -- sizes --------------------------------------------------------------------

result<value> human_readable(evaluator&, const value& x,
                             const bound_arguments& with) {
  auto unit = with.has(1) && !with[1].is_null() ? with.text(1)
                                                : result<std::string>{""};
  if (!unit)
    return unit.why();
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!is_number(x))
    return failure(errc::type,
                   "human_readable() failed on bad input: '{}' is "
                   "no number",
                   to_display(x));
  auto size = to_real(x);
  auto chosen = size_units.back();
  for (auto& row : size_units) {
    auto fits = unit->empty() ? size >= row.bytes
                              : to_upper(*unit) == std::string(1, row.letter);
    if (!fits)
      continue;
    chosen = row;
    break;
  }
  auto bits = with.flag(0);
  std::string suffix = bits ? "bits" : "Bytes";
  if (chosen.bytes != 1)
    suffix = std::string(1, chosen.letter) + suffix[0];
  return value{fmt::format("{:.2f} {}", size / chosen.bytes, suffix)};
}

result<value> human_to_bytes(evaluator&, const value& x,
                             const bound_arguments& with) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  auto unit = with.has(0) && with[0].is_text() ? with[0].as_string() : "";
  return bytes_in(*shown, unit, with.flag(1));
}

constexpr filter_row number_filter_rows[] = {
  {"int", "default= base=", to_int},
  {"float", "default=", to_float},
  {"abs", "", absolute},
  {"round", "precision= method=", round_number},
  {"filesizeformat", "binary=", file_size},
  {"log", "base=", logarithm},
  {"pow", "y", to_power},
  {"root", "base=", root},
  {"human_readable", "isbits= unit=", human_readable},
  {"human_to_bytes", "default_unit= isbits=", human_to_bytes},
};

} // namespace

std::span<const filter_row> number_filters() {
  return number_filter_rows;
}

} // namespace troupe
