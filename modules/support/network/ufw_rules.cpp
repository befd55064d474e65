#include "modules/support/network/ufw_rules.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/text_edit.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

/// Whether a rule is about IPv6.
bool is_v6_tuple(const std::string& line) {
  for (auto& word : words_in(line))
    if (std::count(word.begin(), word.end(), ':') > 1
        && word.find_first_not_of("0123456789abcdefABCDEF:./")
             == std::string::npos)
      return true;
  return false;
}

std::string tuples_of(const std::string& text, bool v6) {
  std::string out;
  for (auto& line : whole_lines(text))
    if (is_v6_tuple(line) == v6)
      out += line;
  return out;
}

} // namespace

std::string ufw_tuples(const std::string& text) {
  std::string out;
  for (auto& line : whole_lines(text))
    if (line.starts_with("### tuple"))
      out += line;
  return out;
}

bool ufw_would_change(const std::string& rules, const std::string& said,
                      const std::string& from, const std::string& to) {
  auto lines = whole_lines(said);
  auto skips = [](const std::string& line) {
    return line.find("Skipping") != std::string::npos;
  };
  if (!lines.empty() && std::all_of(lines.begin(), lines.end(), skips))
    return false;
  auto would = ufw_tuples(said);
  for (auto& address : {from, to}) {
    if (address.find(':') != std::string::npos)
      return tuples_of(rules, true) != tuples_of(would, true);
    if (!address.empty() && address[0] >= '0' && address[0] <= '9')
      return tuples_of(rules, false) != tuples_of(would, false);
  }
  return rules != would;
}

std::optional<int64_t> ufw_number(const std::string& listed,
                                  const std::string& relative, int64_t insert) {
  int64_t last = 0;
  int64_t last_v4 = 0;
  auto has_v6 = false;
  for (auto& line : split_text(listed, '\n')) {
    auto begin = line.find_first_of("0123456789");
    if (!line.starts_with("[") || begin == std::string::npos)
      continue;
    int64_t number = 0;
    std::from_chars(line.data() + begin, line.data() + line.size(), number);
    auto is_v6 = line.find("(v6)") != std::string::npos;
    last = std::max(last, number);
    has_v6 = has_v6 || is_v6;
    if (!is_v6)
      last_v4 = std::max(last_v4, number);
  }
  auto from = relative == "first-ipv4"   ? 1
              : relative == "last-ipv4"  ? std::max<int64_t>(last_v4, 1)
              : relative == "first-ipv6" ? last_v4 + 1
              : has_v6                   ? last
                                         : last + 1;
  auto to = insert + from;
  return to > last ? std::nullopt : std::optional{to};
}

} // namespace troupe
