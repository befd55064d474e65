#include "modules/support/arguments/convert.hpp"

#include "config/language/language.hpp"
#include "config/language/python/regex.hpp"
#include "config/value/duration.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/file_mode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace troupe {

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

error not_a(const value& x, std::string_view wanted) {
  auto shown = excerpt(text_of(x), 60);
  return {errc::invalid_argument,
          fmt::format("must be {}, not {} '{}'", wanted, type_name(x), shown)};
}

result<value> to_integer(const value& x) {
  if (x.is_integer())
    return x;
  if (x.is_bool())
    return value{int64_t{x.as_bool()}};
  if (x.is_text()) {
    auto text = trimmed(x.as_string());
    if (!text.empty() && text.front() == '+')
      text.remove_prefix(1);
    int64_t number = 0;
    auto [at, code]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc{} && at == text.data() + text.size())
      return value{number};
  }
  return not_a(x, "an integer");
}

result<value> to_real(const value& x) {
  if (x.is_real())
    return x;
  if (auto number = x.to_int())
    return value{static_cast<double>(*number)};
  if (x.is_text()) {
    auto text = trimmed(x.as_string());
    double number = 0;
    auto [at, code]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc{} && at == text.data() + text.size())
      return value{number};
  }
  return not_a(x, "a number");
}

result<value> to_list(const value& x, arg_type elements) {
  list out;
  if (x.is_list())
    out.items = x.as_list().items;
  else if (x.is_text())
    for (auto& part : split_text(x.as_string(), ','))
      out.push_back(value{text{part, x.as_text().unsafe}});
  else if (x.is_integer() || x.is_real() || x.is_bool())
    out.push_back(text_of(x));
  else
    return not_a(x, "a list");
  for (size_t i = 0; i < out.items.size(); ++i) {
    auto item = convert(out.items[i], elements);
    if (!item)
      return error{item.why().code,
                   fmt::format("item {}: {}", i + 1, item.why().message)};
    out.items[i] = *std::move(item);
  }
  return value{std::move(out)};
}

result<value> to_dict(const value& x) {
  if (x.is_dict())
    return x;
  if (!x.is_text())
    return not_a(x, "a dict");
  auto text = trimmed(x.as_string());
  if (text.starts_with("{")) {
    auto parsed = parse_json(text);
    if (parsed && parsed->is_dict())
      return parsed;
    return not_a(x, "a dict (as JSON or key=value)");
  }
  auto pairs = parse_pairs(text);
  return pairs ? value{*std::move(pairs)}
               : result<value>{not_a(x, "a dict (as JSON or key=value)")};
}

/// Whether somebody may want these permissions: nobody may do what the owner
/// may not, and who may write may read.
bool is_plausible_mode(int64_t mode) {
  auto of = [&](unsigned shift) { return mode >> shift & 7; };
  for (auto bits : {of(6), of(3), of(0)})
    if ((bits & ~of(6)) != 0 || ((bits & 2) != 0 && (bits & 4) == 0))
      return false;
  return true;
}

result<value> to_mode(const value& x) {
  if (auto number = x.to_int()) {
    if (*number >= 0 && *number <= 07777 && !mode_meant_by(*number))
      return x;
    if (*number >= 0 && *number <= 07777)
      return error{errc::invalid_argument,
                   fmt::format("is the number {}, which is the mode {:04o}; "
                               "write \"{:04o}\" in quotes",
                               *number, *number, *mode_meant_by(*number))};
    return error{errc::invalid_argument,
                 fmt::format("must be a file mode, and {} is none; write it as "
                             "text in octal, e.g. \"0644\"",
                             *number)};
  }
  auto text = x.is_text() ? trimmed(x.as_string()) : std::string_view{};
  if (text == "preserve" || (!text.empty() && resolve_mode(x, 0, false, 0)))
    return x;
  return not_a(x, "a file mode such as \"0644\" or \"u=rw,go=r\"");
}

result<value> to_pattern(const value& x) {
  auto text = text_of(x);
  if (auto made = regex::get(text, {}); !made)
    return error{errc::invalid_argument,
                 fmt::format("cannot be used: {}", made.why().message)};
  return x.is_text() ? x : value{std::move(text)};
}

} // namespace

std::optional<int64_t> mode_meant_by(int64_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 3
      || digits.find_first_not_of("01234567") != std::string::npos)
    return std::nullopt;
  int64_t meant = std::stoll(digits, nullptr, 8);
  return is_plausible_mode(meant) && !is_plausible_mode(number)
           ? std::optional{meant}
           : std::nullopt;
}

std::string text_of(const value& x) {
  if (x.is_text())
    return x.as_string();
  if (auto number = x.to_int())
    return std::to_string(*number);
  if (x.is_bool())
    return x.as_bool() ? "True" : "False";
  return to_display(x);
}

std::optional<bool> bool_of(const value& x) {
  if (x.is_bool())
    return x.as_bool();
  if (auto number = x.to_int())
    return *number == 1   ? std::optional{true}
           : *number == 0 ? std::optional{false}
                          : std::nullopt;
  if (x.is_real())
    return x.as_real() == 1.0   ? std::optional{true}
           : x.as_real() == 0.0 ? std::optional{false}
                                : std::nullopt;
  if (!x.is_text())
    return std::nullopt;
  static constexpr std::array<std::string_view, 6> yes{"y", "yes",  "on",
                                                       "1", "true", "t"};
  static constexpr std::array<std::string_view, 6> no{"n", "no",    "off",
                                                      "0", "false", "f"};
  auto word = lower(trimmed(x.as_string()));
  if (std::find(yes.begin(), yes.end(), word) != yes.end())
    return true;
  if (std::find(no.begin(), no.end(), word) != no.end())
    return false;
  return std::nullopt;
}

result<value> convert(const value& x, arg_type type, arg_type elements) {
  switch (type) {
  case arg_type::str:
  case arg_type::path:
    return x.is_text() ? x : value{text_of(x)};
  case arg_type::boolean:
    if (auto flag = bool_of(x))
      return value{*flag};
    return not_a(x, "a bool (yes, no, true, false, on, off, 1, 0)");
  case arg_type::integer:
    return to_integer(x);
  case arg_type::real:
    return to_real(x);
  case arg_type::list:
    return to_list(x, elements);
  case arg_type::dict:
    return to_dict(x);
  case arg_type::mode:
    return to_mode(x);
  case arg_type::duration: {
    auto parsed = parse_duration(x);
    if (!parsed)
      return not_a(x, "a duration (seconds, or text such as \"1m30s\")");
    return x;
  }
  case arg_type::pattern:
    return to_pattern(x);
  case arg_type::raw:
    return x;
  }
  return x;
}

std::string type_label(const argument& arg) {
  static constexpr std::array<std::string_view, 11> names{
    "str",  "bool", "int",  "float",    "list", "dict",
    "path", "raw",  "mode", "duration", "str"};
  std::string out{names[static_cast<size_t>(arg.type)]};
  if (arg.type == arg_type::list)
    out += fmt::format(" of {}", names[static_cast<size_t>(arg.elements)]);
  return out;
}

value chosen_word(const argument& arg, const value& x) {
  if (!x.is_bool() || arg.type != arg_type::str)
    return x;
  auto is_it = [&x](std::string_view word) {
    return bool_of(value{word}) == x.as_bool();
  };
  auto count = std::count_if(arg.choices.begin(), arg.choices.end(), is_it);
  return count == 1
           ? value{*std::find_if(arg.choices.begin(), arg.choices.end(), is_it)}
           : x;
}

} // namespace troupe
