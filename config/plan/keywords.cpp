#include "config/plan/keywords.hpp"

#include "config/plan/plan_text.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace troupe {

const said_keyword* keywords::find(any_keyword which) const {
  for (auto at = said_.rbegin(); at != said_.rend(); ++at)
    if (at->is(which))
      return &*at;
  return nullptr;
}

const value* keywords::known(any_keyword which) const {
  auto* said = find(which);
  return said && !said->pending ? &said->x : nullptr;
}

bool keywords::pending() const {
  return std::any_of(said_.begin(), said_.end(), [](auto& each) {
    return each.pending && !each.row().at_end;
  });
}

const dict* keywords::vars() const {
  auto* said = find("vars");
  return said ? &said->x.as_dict() : nullptr;
}

std::vector<std::string> keywords::texts(
  keyword_of<keyword_type::texts, keyword_type::names> which) const {
  std::vector<std::string> out;
  for (auto& each : said_)
    if (each.number == which.number() && !each.pending)
      for (auto& text : each.x.as_list())
        out.emplace_back(text.text_or(""));
  return out;
}

keywords keywords::with(const keywords& inner) const {
  keywords out;
  out.said_.reserve(said_.size() + inner.said_.size());
  auto says_it = [&](const said_keyword& outer) {
    return std::any_of(
      inner.said_.begin(), inner.said_.end(),
      [&](const said_keyword& each) { return each.number == outer.number; });
  };
  for (auto& each : said_) {
    auto how = each.row().inherits;
    if (how != inheritance::own
        && (how != inheritance::innermost || !says_it(each)))
      out.said_.push_back(each);
  }
  out.said_.insert(out.said_.end(), inner.said_.begin(), inner.said_.end());
  return out;
}

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// Numbers as Ansible takes them: digits in a text are one, a fraction is cut
/// off.
std::optional<int64_t> as_number(const value& x) {
  if (x.to_int())
    return x.to_int();
  constexpr double exact = 9e15;
  if (x.is_real() && std::abs(x.as_real()) < exact)
    return static_cast<int64_t>(x.as_real());
  auto digits = trimmed(x.text_or(""));
  if (digits.starts_with('+'))
    digits.remove_prefix(1);
  int64_t number = 0;
  auto [end, code]
    = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool whole = code == std::errc{} && end == digits.data() + digits.size();
  return whole && !digits.empty() ? std::optional{number} : std::nullopt;
}

/// A share of hundred, with or without its sign.
std::optional<double> as_percentage(const value& x) {
  if (auto whole = x.to_int())
    return static_cast<double>(*whole);
  if (x.is_real())
    return x.as_real();
  auto digits = trimmed(x.text_or(""));
  if (digits.ends_with('%'))
    digits = trimmed(digits.substr(0, digits.size() - 1));
  double out = 0;
  auto* end = digits.data() + digits.size();
  auto [to, code] = std::from_chars(digits.data(), end, out);
  return code == std::errc{} && to == end ? std::optional{out} : std::nullopt;
}

result<value> percentage_in(const keyword_row& row, const value& given) {
  auto x = as_percentage(given);
  if (!x || !(*x >= static_cast<double>(row.least))
      || !(*x <= static_cast<double>(row.most)))
    return expected(
      fmt::format("a percentage from {} to {}", row.least, row.most), given);
  auto whole = static_cast<int64_t>(*x);
  return static_cast<double>(whole) == *x ? value{whole} : value{*x};
}

result<value> number_in(const keyword_row& row, const value& given) {
  auto number = as_number(given);
  if (number && *number >= row.least && *number <= row.most)
    return value{*number};
  return expected(
    fmt::format("a whole number from {} to {}", row.least, row.most), given);
}

result<value> word_of(const keyword_row& row, const value& given) {
  auto word = lower(given.text_or(""));
  auto words = parts_of(row.choices, ' ');
  if (std::find(words.begin(), words.end(), word) != words.end())
    return value{word};
  std::string all;
  for (size_t i = 0; i < words.size(); ++i)
    all += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  auto why = expected(all, given);
  why.message += did_you_mean(word, words);
  return why;
}

result<value> texts_of(const value& given, bool split) {
  list out;
  if (given.is_text()) {
    if (!split)
      return value{list{given}};
    for (auto& part : parts_of(given.as_string(), ','))
      out.push_back(part);
    return value{std::move(out)};
  }
  if (!given.is_list())
    return expected("a list of texts", given);
  for (auto& each : given.as_list()) {
    if (!each.is_text() && !each.is_integer())
      return expected("texts", each);
    out.push_back(each.is_text() ? each : value{to_json(each)});
  }
  return value{std::move(out)};
}

bool has_text_keys(const value& x) {
  return std::all_of(x.as_dict().begin(), x.as_dict().end(),
                     [](auto& entry) { return entry.first.is_text(); });
}

result<value> tables_of(const value& given) {
  if (given.is_dict() && has_text_keys(given))
    return given;
  // An empty text is what a template for "nothing" gives.
  if (given.text_or("x").empty())
    return value{dict{}};
  bool fits = given.is_list();
  if (fits)
    for (auto& each : given.as_list())
      fits = fits && each.is_dict() && has_text_keys(each);
  return fits
           ? result<value>{given}
           : expected("an object of texts by name, or a list of such", given);
}

} // namespace

result<value> convert_keyword(const keyword_row& row, const value& given) {
  switch (row.type) {
  case keyword_type::flag:
  case keyword_type::condition: {
    auto flag = as_flag(given);
    return flag ? result<value>{value{*flag}}
                : expected("true or false", given);
  }
  case keyword_type::number:
    return number_in(row, given);
  case keyword_type::percentage:
    return percentage_in(row, given);
  case keyword_type::duration: {
    auto pause = parse_duration(given);
    return pause ? result<value>{value{int64_t{pause->count()}}} : pause.why();
  }
  case keyword_type::text:
    if (given.is_text())
      return given;
    return given.is_integer() || given.is_real()
             ? result<value>{value{to_json(given)}}
             : expected("text", given);
  case keyword_type::word:
    return word_of(row, given);
  case keyword_type::texts:
  case keyword_type::names:
    return texts_of(given, row.type == keyword_type::texts);
  case keyword_type::table:
  case keyword_type::variables:
    return given.is_dict() && has_text_keys(given)
             ? result<value>{given}
             : expected("an object of values by name", given);
  case keyword_type::tables:
    return tables_of(given);
  default:
    return given;
  }
}

} // namespace troupe
