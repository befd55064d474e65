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

dressed_word undress(std::string_view x) {
  auto from = x.size();
  size_t at = 0;
  for (bool found = true; found && at < x.size();) {
    found = false;
    for (std::string_view mark : {"(", "<", "&lt;"})
      if (x.substr(at).starts_with(mark)) {
        at += mark.size();
        found = true;
      }
  }
  from = at;
  auto to = x.size();
  for (bool found = true; found && to > from;) {
    found = false;
    for (std::string_view mark : {")", ">", ".", ",", "\n", "&gt;"})
      if (x.substr(from, to - from).ends_with(mark)) {
        to -= mark.size();
        found = true;
      }
  }
  return {x.substr(0, from), x.substr(from, to - from), x.substr(to)};
}

bool matches(std::string_view x, std::string_view pattern) {
  auto compiled = regex::get(pattern, {true, false});
  if (!compiled)
    return false;
  auto found = (*compiled)->find(x, 0, true);
  return found && found->has_value();
}

std::string linked(std::string_view x, const link_style& how,
                   const std::string& attributes) {
  constexpr std::string_view tail = "(:\\d{1,5})?([/?#]\\S*)?$";
  auto web = fmt::format("(https?://|www\\.)(([\\w%-]+\\.)+)?([a-z]{{2,63}}|"
                         "xn--[\\w%]{{2,59}}){}",
                         tail);
  auto number = fmt::format("https?://\\d{{1,3}}(\\.\\d{{1,3}}){{3}}{}", tail);
  auto bare = fmt::format("([\\w%-]{{2,63}}\\.)+(com|net|int|edu|gov|org|info|"
                          "mil){}",
                          tail);
  auto whole = x.starts_with("http://") || x.starts_with("https://");
  if (whole && (matches(x, web) || matches(x, number)))
    return fmt::format("<a href=\"{}\"{}>{}</a>", x, attributes,
                       shortened(x, how.limit));
  if (matches(x, web) || matches(x, bare))
    return fmt::format("<a href=\"https://{}\"{}>{}</a>", x, attributes,
                       shortened(x, how.limit));
  if (matches(x, "(mailto:)?[^\\s@:]+@\\S+\\.\\w+$")) {
    auto address = x.starts_with("mailto:") ? x.substr(7) : x;
    return fmt::format("<a href=\"mailto:{}\">{}</a>", address, address);
  }
  return std::string{x};
}

} // namespace

std::string link_urls(std::string_view x, const link_style& how) {
  auto escaped = escape_markup(x);
  auto attributes = attributes_of(how);
  std::string out;
  for (size_t i = 0; i < escaped.size();) {
    if (!work_meter::may_grow(out.size() + attributes.size()))
      return out;
    auto gap = escaped[i] == ' ' || escaped[i] == '\n' || escaped[i] == '\t';
    auto from = i;
    while (i < escaped.size()
           && (escaped[i] == ' ' || escaped[i] == '\n' || escaped[i] == '\t')
                == gap)
      ++i;
    auto word = std::string_view{escaped}.substr(from, i - from);
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
