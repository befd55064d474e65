#include "config/language/library/text_tools.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <set>

namespace troupe {

namespace {

std::string shortened(std::string_view x, int64_t limit) {
  if (limit < 0 || static_cast<int64_t>(count_points(x)) <= limit)
    return std::string{x};
  auto end = offset_of_point(x, static_cast<size_t>(limit));
  return std::string{x.substr(0, end)} + "...";
}

std::string attributes_of(const link_style& how) {
  std::set<std::string> rel{"noopener"};
  if (auto words = split_text(how.rel, std::nullopt, -1))
    rel.insert(words->begin(), words->end());
  if (how.nofollow)
    rel.insert("nofollow");
  std::string out;
  for (auto& word : rel)
    out += (out.empty() ? " rel=\"" : " ") + word;
  out += '"';
  if (!how.target.empty())
    out += fmt::format(" target=\"{}\"", escape_markup(how.target));
  return out;
}

/// Brackets and marks around a word are no part of an address.
struct dressed_word {
  std::string_view before;
  std::string_view core;
  std::string_view behind;
};

size_t count_of(std::string_view x, std::string_view what) {
  size_t out = 0;
  for (auto at = x.find(what); at != x.npos;
       at = x.find(what, at + what.size()))
    ++out;
  return out;
}

/// A bracket that the address opens is closed in it.
void take_closing(std::string_view x, dressed_word& parts) {
  constexpr std::pair<std::string_view, std::string_view> brackets[]
    = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
  for (auto& [open, close] : brackets) {
    auto opened = count_of(parts.core, open);
    if (opened <= count_of(parts.core, close))
      continue;
    auto times = std::min(opened, count_of(parts.behind, close));
    for (size_t i = 0; i < times; ++i) {
      auto taken = parts.behind.find(close) + close.size();
      parts.core = x.substr(parts.before.size(), parts.core.size() + taken);
      parts.behind.remove_prefix(taken);
    }
  }
}

dressed_word undress(std::string_view x) {
  size_t from = 0;
  for (bool found = true; found && from < x.size();) {
    found = false;
    for (std::string_view mark : {"(", "<", "&lt;"})
      if (x.substr(from).starts_with(mark)) {
        from += mark.size();
        found = true;
      }
  }
  auto to = x.size();
  for (bool found = true; found && to > from;) {
    found = false;
    for (std::string_view mark : {")", ">", ".", ",", "\n", "&gt;"})
      if (x.substr(from, to - from).ends_with(mark)) {
        to -= mark.size();
        found = true;
      }
  }
  dressed_word out{x.substr(0, from), x.substr(from, to - from), x.substr(to)};
  take_closing(x, out);
  return out;
}

bool matches(std::string_view x, std::string_view pattern) {
  auto compiled = regex::get(pattern, {true, false});
  if (!compiled)
    return false;
  auto found = (*compiled)->find(x, 0, true);
  return found && found->has_value();
}

bool is_web_address(std::string_view x) {
  constexpr std::string_view pattern
    = "((https?://|www\\.)(([\\w%-]+\\.)+)?([a-z]{2,63}|xn--[\\w%]{2,59})|"
      "([\\w%-]{2,63}\\.)+(com|net|int|edu|gov|org|info|mil)|"
      "(https?://)((([\\d]{1,3})(\\.[\\d]{1,3}){3})|"
      "(\\[([\\da-f]{0,4}:){2}([\\da-f]{0,4}:?){1,6}\\])))"
      "(?::[\\d]{1,5})?(?:[/?#]\\S*)?$";
  return matches(x, pattern);
}

bool is_mail_address(std::string_view x) {
  auto compiled = regex::get("\\S+@\\w[\\w.-]*\\.\\w+$", {false, false});
  if (!compiled)
    return false;
  auto found = (*compiled)->find(x, 0, true);
  return found && found->has_value();
}

std::string linked(std::string_view x, const link_style& how,
                   const std::string& attributes) {
  constexpr std::string_view mail = "mailto:";
  if (is_web_address(x)) {
    auto whole = x.starts_with("http://") || x.starts_with("https://");
    return fmt::format("<a href=\"{}{}\"{}>{}</a>", whole ? "" : "https://", x,
                       attributes, shortened(x, how.limit));
  }
  if (x.starts_with(mail) && is_mail_address(x.substr(mail.size())))
    return fmt::format("<a href=\"{}\">{}</a>", x, x.substr(mail.size()));
  if (x.find('@') != x.npos && !x.starts_with("www.") && x.find(':') == x.npos
      && is_mail_address(x))
    return fmt::format("<a href=\"mailto:{}\">{}</a>", x, x);
  for (auto& scheme : how.extra_schemes)
    if (x != scheme && x.starts_with(scheme))
      return fmt::format("<a href=\"{}\"{}>{}</a>", x, attributes, x);
  return std::string{x};
}

} // namespace

bool is_scheme_prefix(std::string_view x) {
  auto compiled = regex::get("[\\w.+-]{2,}:/{0,2}\\Z", {false, false});
  if (!compiled)
    return false;
  auto found = (*compiled)->find(x, 0, true);
  return found && found->has_value();
}

std::string link_urls(std::string_view x, const link_style& how) {
  auto attributes = attributes_of(how);
  std::string out;
  for (size_t i = 0; i < x.size();) {
    if (!work_meter::may_grow(out.size() + attributes.size()))
      return out;
    auto gap = x[i] == ' ' || x[i] == '\n' || x[i] == '\t';
    auto from = i;
    while (i < x.size() && (x[i] == ' ' || x[i] == '\n' || x[i] == '\t') == gap)
      ++i;
    auto word = x.substr(from, i - from);
    if (gap) {
      out += word;
      continue;
    }
    auto parts = undress(word);
    out += parts.before;
    out += linked(parts.core, how, attributes);
    out += parts.behind;
  }
  return out;
}

} // namespace troupe
