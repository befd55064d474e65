#include "config/language/library/tables.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

// What a text answers about its characters.

namespace {

template <bool (*Fits)(uint32_t)>
result<value> all_are(evaluator&, value& self, const bound_arguments&) {
  auto& x = self.as_string();
  for (size_t i = 0; i < x.size() && work_meter::is_good();)
    if (!Fits(next_point(x, i)))
      return value{false};
  return value{!x.empty()};
}

/// Digits that stand above or below the line count for `isdigit`.
bool is_digit_like(uint32_t point) {
  return is_decimal_digit(point) || point == 0xb2 || point == 0xb3
         || point == 0xb9 || point == 0x2070
         || (point >= 0x2074 && point <= 0x2079)
         || (point >= 0x2080 && point <= 0x2089)
         || (point >= 0x2460 && point <= 0x2468);
}

bool letter_or_digit(uint32_t point) {
  return is_letter(point) || is_numeric(point);
}

template <bool Upper>
result<value> cased(evaluator&, value& self, const bound_arguments&) {
  auto& x = self.as_string();
  bool any = false;
  for (size_t i = 0; i < x.size() && work_meter::is_good();) {
    auto point = next_point(x, i);
    if (Upper ? is_lower(point) : is_upper(point))
      return value{false};
    any |= Upper ? is_upper(point) : is_lower(point);
  }
  return value{any};
}

result<value> is_title(evaluator&, value& self, const bound_arguments&) {
  auto& x = self.as_string();
  return value{to_title(x) == x && to_lower(x) != to_upper(x)};
}

result<value> is_ascii_text(evaluator&, value& self, const bound_arguments&) {
  return value{is_ascii(self.as_string())};
}

result<value> printable(evaluator&, value& self, const bound_arguments&) {
  auto& x = self.as_string();
  for (size_t i = 0; i < x.size() && work_meter::is_good();)
    if (!is_printable(next_point(x, i)))
      return value{false};
  return value{true};
}

result<value> identifier(evaluator&, value& self, const bound_arguments&) {
  return value{is_identifier(self.as_string())};
}

constexpr method_row text_is_rows[] = {
  {"isalpha", "", all_are<is_letter>},
  {"isalnum", "", all_are<letter_or_digit>},
  {"isdigit", "", all_are<is_digit_like>},
  {"isdecimal", "", all_are<is_decimal_digit>},
  {"isnumeric", "", all_are<is_numeric>},
  {"isspace", "", all_are<is_blank>},
  {"isupper", "", cased<true>},
  {"islower", "", cased<false>},
  {"istitle", "", is_title},
  {"isascii", "", is_ascii_text},
  {"isprintable", "", printable},
  {"isidentifier", "", identifier},
};

} // namespace

std::span<const method_row> text_is_methods() {
  return text_is_rows;
}

} // namespace troupe
