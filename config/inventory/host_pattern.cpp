#include "config/inventory/host_pattern.hpp"

#include "config/inventory/host_name.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/shell_pattern.hpp"
#include "config/plan/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace troupe {

namespace {

/// Where the part ends that `text` begins with: no blank, colon or bracket but
/// whole ones with what is inside.
size_t part_end(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (std::string_view{" \t\r\n:]"}.find(text[at]) != text.npos)
      break;
    auto end = text[at] == '[' ? text.find(']', at) : at;
    if (end == text.npos)
      break;
    at = end + 1;
  }
  return at;
}

/// What stands in brackets at the end of a pattern: from where to where.
struct subscript {
  int64_t first = 0;
  std::optional<int64_t> last;
};

std::optional<int64_t> number_in(std::string_view text) {
  int64_t out = 0;
  auto [end, wrong]
    = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// Takes `[1]`, `[-1]`, `[0:2]`, `[0-2]` or `[1:]` off the end of a pattern.
std::optional<subscript> take_subscript(std::string_view& pattern) {
  auto open = pattern.rfind('[');
  if (pattern.starts_with('~') || open == pattern.npos || open == 0
      || !pattern.ends_with(']'))
    return std::nullopt;
  auto inside = pattern.substr(open + 1, pattern.size() - open - 2);
  auto mark = inside.find_first_of(":-", 1);
  subscript out;
  auto first = number_in(inside.substr(0, mark));
  if (!first || (mark != inside.npos && *first < 0))
    return std::nullopt;
  out.first = *first;
  if (mark != inside.npos) {
    auto rest = inside.substr(mark + 1);
    auto last = rest.empty() ? std::optional<int64_t>{-1} : number_in(rest);
    if (!last || (!rest.empty() && *last < 0))
      return std::nullopt;
    // As Ansible counts, [2:0] is one host, as [2] is.
    if (*last != 0)
      out.last = last;
  }
  pattern = pattern.substr(0, open);
  return out;
}

} // namespace

std::vector<std::string> split_patterns(std::string_view text) {
  if (text.find(',') != text.npos)
    return parts_of(text, ',');
  if (parse_address(text))
    return {std::string{text}};
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = part_end(text);
    if (end > 0)
      out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::max<size_t>(end, 1));
  }
  return out;
}

result<std::vector<std::string>>
host_search::find(const std::vector<std::string>& patterns) {
  names plain;
  names common;
  names without;
  for (auto& each : patterns)
    if (!each.empty())
      (each[0] == '!'   ? without
       : each[0] == '&' ? common
                        : plain)
        .push_back(each);
  if (plain.empty())
    plain = {"all"};
  names out;
  std::set<std::string> had;
  for (auto& each : plain) {
    auto found = match(each);
    if (!found)
      return found;
    for (auto& name : *found)
      if (had.insert(name).second)
        out.push_back(std::move(name));
  }
  for (auto* narrower : {&common, &without})
    for (auto& each : *narrower) {
      auto found = match(std::string_view{each}.substr(1));
      if (!found)
        return found;
      std::set<std::string> those{found->begin(), found->end()};
      std::erase_if(out, [&](auto& name) {
        return those.contains(name) == (narrower == &without);
      });
    }
  return out;
}

result<std::vector<std::string>> host_search::match(std::string_view pattern) {
  if (in_.find_host(pattern))
    return names{std::string{pattern}};
  auto expression = pattern;
  auto part = take_subscript(expression);
  auto found = match_expression(expression);
  if (!found || found->empty() || !part)
    return found;
  auto size = static_cast<int64_t>(found->size());
  if (!part->last) {
    auto at = part->first < 0 ? part->first + size : part->first;
    if (at < 0 || at >= size) {
      unmatched.emplace_back(pattern);
      return names{};
    }
    return names{(*found)[static_cast<size_t>(at)]};
  }
  auto from = std::min(part->first, size);
  auto to = *part->last < 0 ? size : std::min(*part->last + 1, size);
  if (from >= to)
    return names{};
  return names{found->begin() + from, found->begin() + to};
}

result<std::vector<std::string>>
host_search::match_expression(std::string_view pattern) {
  auto is_regex = pattern.starts_with('~');
  auto compiled = regex::get(is_regex ? std::string{pattern.substr(1)}
                                      : regex_of_shell(pattern),
                             {.dot_all = !is_regex});
  if (!compiled)
    return error{
      errc::invalid_argument,
      fmt::format("the pattern '{}': {}", pattern, compiled.why().message)};
  names out;
  bool any_group = false;
  auto matches = [&](const std::string& name) -> result<bool> {
    auto found = (*compiled)->find(name, 0, true);
    return found ? result<bool>{found->has_value()} : found.why();
  };
  for (size_t i = 0; i < in_.groups().size(); ++i) {
    auto hit = matches(in_.groups()[i].name);
    if (!hit)
      return hit.why();
    if (!*hit)
      continue;
    any_group = true;
    for (auto member : in_.hosts_of(i))
      out.push_back(in_.hosts()[member].name);
  }
  // The name of a group is only its own, a pattern may be a host's as well.
  if (!any_group || is_regex || pattern.find_first_of(".?*[") != pattern.npos)
    for (auto& each : in_.hosts()) {
      auto hit = matches(each.name);
      if (!hit)
        return hit.why();
      if (*hit)
        out.push_back(each.name);
    }
  if (out.empty() && is_local_name(pattern))
    out.push_back(in_.local() ? in_.hosts()[*in_.local()].name
                              : std::string{pattern});
  if (out.empty() && !any_group && pattern != "all")
    unmatched.emplace_back(pattern);
  return out;
}

} // namespace troupe
