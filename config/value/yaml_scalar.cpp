#include "config/value/yaml_scalar.hpp"

#include "config/value/big_integer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace troupe {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool one_of(std::string_view x, std::initializer_list<std::string_view> words) {
  for (auto word : words)
    if (x == word)
      return true;
  return false;
}

/// A word in the three ways YAML 1.1 takes: yes, Yes, YES.
bool in_any_case(std::string_view x, std::string_view lower) {
  if (x.size() != lower.size() || x.empty())
    return false;
  auto up = [](char c) { return static_cast<char>(c - 32); };
  auto capital = x[0] == up(lower[0]);
  if (!capital && x[0] != lower[0])
    return false;
  auto rest_lower = x.substr(1) == lower.substr(1);
  auto rest_upper = capital;
  for (size_t i = 1; i < x.size(); ++i)
    rest_upper = rest_upper && x[i] == up(lower[i]);
  return rest_lower || rest_upper;
}

bool is_boolean(std::string_view x) {
  for (std::string_view word : {"yes", "no", "true", "false", "on", "off"})
    if (in_any_case(x, word))
      return true;
  return false;
}

std::string_view without_sign(std::string_view x) {
  if (!x.empty() && (x[0] == '-' || x[0] == '+'))
    x.remove_prefix(1);
  return x;
}

bool only(std::string_view x, std::string_view allowed) {
  return !x.empty() && x.find_first_not_of(allowed) == x.npos;
}

/// `:` and a number below 60, once or more.
bool sexagesimal_tail(std::string_view x) {
  if (x.empty())
    return false;
  while (!x.empty()) {
    if (x[0] != ':')
      return false;
    auto end = std::min(x.find(':', 1), x.size());
    auto part = x.substr(1, end - 1);
    auto fits = part.size() == 1 ? is_digit(part[0])
                                 : part.size() == 2 && part[0] >= '0'
                                     && part[0] <= '5' && is_digit(part[1]);
    if (!fits)
      return false;
    x.remove_prefix(end);
  }
  return true;
}

bool is_integer(std::string_view x) {
  x = without_sign(x);
  if (x.empty())
    return false;
  if (x.starts_with("0b"))
    return only(x.substr(2), "01_");
  if (x.starts_with("0x"))
    return only(x.substr(2), "0123456789abcdefABCDEF_");
  if (x == "0")
    return true;
  if (x[0] == '0')
    return only(x.substr(1), "01234567_");
  if (!is_digit(x[0]))
    return false;
  auto colon = x.find(':');
  if (!only(x.substr(0, colon), "0123456789_"))
    return false;
  return colon == x.npos || sexagesimal_tail(x.substr(colon));
}

bool is_real(std::string_view x) {
  if (one_of(x, {".nan", ".NaN", ".NAN"}))
    return true;
  auto body = without_sign(x);
  if (one_of(body, {".inf", ".Inf", ".INF"}))
    return true;
  auto dot = body.find('.');
  if (dot == body.npos)
    return false;
  auto before = body.substr(0, dot);
  auto behind = body.substr(dot + 1);
  auto colon = before.find(':');
  if (colon != before.npos)
    return is_digit(before[0]) && only(before.substr(0, colon), "0123456789_")
           && sexagesimal_tail(before.substr(colon))
           && (behind.empty() || only(behind, "0123456789_"));
  auto e = behind.find_first_of("eE");
  if (e != behind.npos) {
    auto exponent = behind.substr(e + 1);
    if (exponent.size() < 2 || (exponent[0] != '-' && exponent[0] != '+')
        || !only(exponent.substr(1), "0123456789"))
      return false;
    behind = behind.substr(0, e);
  }
  if (before.empty())
    return x.size() == body.size() && only(behind, "0123456789_")
           && is_digit(behind[0]);
  return is_digit(before[0]) && only(before, "0123456789_")
         && (behind.empty() || only(behind, "0123456789_"));
}

size_t digits_at(std::string_view x, size_t i) {
  auto from = i;
  while (i < x.size() && is_digit(x[i]))
    ++i;
  return i - from;
}

/// 2001-12-14, or with a time and a zone.
bool is_timestamp(std::string_view x) {
  auto group = [&](size_t& i, size_t least, size_t most) {
    auto count = digits_at(x, i);
    i += count;
    return count >= least && count <= most;
  };
  auto sign = [&](size_t& i, char c) { return i < x.size() && x[i++] == c; };
  size_t i = 0;
  if (!group(i, 4, 4) || !sign(i, '-') || !group(i, 1, 2) || !sign(i, '-')
      || !group(i, 1, 2))
    return false;
  if (i == x.size())
    return x.size() == 10;
  if (x[i] == 'T' || x[i] == 't') {
    ++i;
  } else {
    auto from = i;
    while (i < x.size() && (x[i] == ' ' || x[i] == '\t'))
      ++i;
    if (i == from)
      return false;
  }
  if (!group(i, 1, 2) || !sign(i, ':') || !group(i, 2, 2) || !sign(i, ':')
      || !group(i, 2, 2))
    return false;
  if (i < x.size() && x[i] == '.') {
    ++i;
    i += digits_at(x, i);
  }
  while (i < x.size() && (x[i] == ' ' || x[i] == '\t'))
    ++i;
  if (i == x.size())
    return true;
  if (x[i] == 'Z')
    return i + 1 == x.size();
  if (x[i] != '-' && x[i] != '+')
    return false;
  ++i;
  if (!group(i, 1, 2))
    return false;
  if (i == x.size())
    return true;
  return sign(i, ':') && group(i, 2, 2) && i == x.size();
}

value integer_of(std::string_view x) {
  std::string digits;
  for (char c : x)
    if (c != '_')
      digits += c;
  auto negative = digits[0] == '-';
  std::string_view body = without_sign(digits);
  unsigned base = 10;
  if (body.starts_with("0b"))
    base = 2;
  else if (body.starts_with("0x"))
    base = 16;
  else if (body.size() > 1 && body[0] == '0')
    base = 8;
  if (base == 2 || base == 16)
    body.remove_prefix(2);
  big_integer total;
  big_integer part;
  for (char c : body) {
    if (c == ':') {
      total = (total + part) * 60;
      part = 0;
      continue;
    }
    auto digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    part.append(base, static_cast<unsigned>(digit));
  }
  total = total + part;
  return integer_value(negative ? -total : total);
}

double plain_real(std::string_view x) {
  double out = 0;
  auto [end, code] = std::from_chars(x.data(), x.data() + x.size(), out);
  if (code == std::errc::result_out_of_range)
    return std::strtod(std::string{x}.c_str(), nullptr);
  return out;
}

value real_of(std::string_view x) {
  std::string digits;
  for (char c : x)
    if (c != '_')
      digits += c;
  auto negative = digits[0] == '-';
  std::string_view body = without_sign(digits);
  double out = 0;
  if (body.size() == 4 && (body[1] == 'i' || body[1] == 'I')) {
    out = std::numeric_limits<double>::infinity();
  } else if (body.size() == 4 && (body[1] == 'n' || body[1] == 'N')) {
    return value{std::numeric_limits<double>::quiet_NaN()};
  } else {
    for (;;) {
      auto end = std::min(body.find(':'), body.size());
      out = out * 60 + plain_real(body.substr(0, end));
      if (end == body.size())
        break;
      body.remove_prefix(end + 1);
    }
  }
  return value{negative ? -out : out};
}

} // namespace

yaml_kind resolve_yaml(std::string_view x) {
  if (x.empty() || one_of(x, {"~", "null", "Null", "NULL"}))
    return yaml_kind::null;
  if (is_boolean(x))
    return yaml_kind::boolean;
  if (is_real(x))
    return yaml_kind::real;
  // "0b" and the like would pass as integers without a digit.
  if (is_integer(x))
    return yaml_kind::integer;
  if (x == "<<")
    return yaml_kind::merge;
  if (x == "=")
    return yaml_kind::value_mark;
  return is_timestamp(x) ? yaml_kind::timestamp : yaml_kind::text;
}

value yaml_scalar(std::string_view x) {
  switch (resolve_yaml(x)) {
  case yaml_kind::null:
    return {};
  case yaml_kind::boolean:
    // Yes, true and on, as no "no", "false" and "off" begins or goes on.
    return value{(x[0] | 0x20) == 'y' || (x[0] | 0x20) == 't'
                 || (x.size() == 2 && (x[0] | 0x20) == 'o')};
  case yaml_kind::integer:
    return x.size() > 4300 ? value{x} : integer_of(x);
  case yaml_kind::real:
    return real_of(x);
  default:
    return value{x};
  }
}

} // namespace troupe
