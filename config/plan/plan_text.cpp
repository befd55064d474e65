#include "config/plan/plan_text.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

namespace troupe {

std::string excerpt_of(const value& x) {
  constexpr size_t most = 60;
  return excerpt(to_json(x), most);
}

error expected(std::string_view what, const value& x) {
  return {errc::type,
          fmt::format("expected {}, found {}", what, excerpt_of(x))};
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    auto end = text.find(separator);
    if (auto part = trimmed(text.substr(0, end)); !part.empty())
      out.emplace_back(part);
    if (end == std::string_view::npos)
      return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<bool> as_flag(const value& x) {
  if (x.is_bool())
    return x.as_bool();
  if (x == value{1})
    return true;
  if (x == value{0})
    return false;
  std::string word{trimmed(x.text_or(""))};
  for (auto& c : word)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (auto* yes : {"true", "yes", "on", "y", "t", "1", "1.0"})
    if (word == yes)
      return true;
  for (auto* no : {"false", "no", "off", "n", "f", "0", "0.0"})
    if (word == no)
      return false;
  return std::nullopt;
}

} // namespace troupe
