#include "config/plan/tags.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool share(const std::vector<std::string>& a,
           const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& each) { return has(b, each); });
}

bool wanted_by(const std::vector<std::string>& tags,
               const std::vector<std::string>& wanted) {
  bool never = has(tags, "never");
  if (share(tags, wanted))
    return true;
  if (has(tags, "always"))
    return true;
  if (has(wanted, "tagged") && !tags.empty() && !never)
    return true;
  if (has(wanted, "untagged") && tags.empty())
    return true;
  return has(wanted, "all") && !never;
}

bool refused_by(const std::vector<std::string>& tags,
                const std::vector<std::string>& unwanted) {
  if (share(tags, unwanted))
    return true;
  if (has(unwanted, "all"))
    return !(has(tags, "always") && !has(unwanted, "always"));
  if (has(unwanted, "tagged") && !tags.empty())
    return true;
  return has(unwanted, "untagged") && tags.empty();
}

bool part_matches(std::string_view part, const std::string& host,
                  const std::vector<std::string>& groups) {
  if (part == "all" || part == "*" || glob_matches(part, host))
    return true;
  return std::any_of(groups.begin(), groups.end(),
                     [&](auto& group) { return glob_matches(part, group); });
}

} // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  auto star = std::string_view::npos;
  size_t retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

bool selected_by_tags(const std::vector<std::string>& tags,
                      const std::vector<std::string>& wanted,
                      const std::vector<std::string>& unwanted) {
  static const std::vector<std::string> everything{"all"};
  return wanted_by(tags, wanted.empty() ? everything : wanted)
         && !refused_by(tags, unwanted);
}

bool host_matches(const std::string& pattern, const std::string& host,
                  const std::vector<std::string>& groups) {
  bool any = false;
  bool all = true;
  bool seen_plain = false;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    auto end = rest.find_first_of(":,");
    auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (part.empty())
      continue;
    if (part.front() == '!') {
      all = all && !part_matches(part.substr(1), host, groups);
    } else if (part.front() == '&') {
      all = all && part_matches(part.substr(1), host, groups);
    } else {
      seen_plain = true;
      any = any || part_matches(part, host, groups);
    }
  }
  return all && (any || !seen_plain);
}

} // namespace troupe
