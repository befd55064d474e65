#include "modules/support/plan/text_lookups.hpp"

#include "config/plan/plan_text.hpp"

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

/// Calls inside calls that are looked at, however deep they are.
constexpr unsigned deepest_call = 20;

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// Behind the quoted text that begins at `at`.
size_t end_of_quoted(std::string_view text, size_t at) {
  auto quote = text[at++];
  while (at < text.size() && text[at] != quote)
    at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

/// The parts between the commas of a call whose parenthesis opens at `open`;
/// `end` is set behind it. Nothing when it does not end.
std::optional<std::vector<std::string_view>>
parts_of_call(std::string_view text, size_t open, size_t& end) {
  std::vector<std::string_view> out;
  size_t depth = 0;
  auto begin = open + 1;
  for (auto at = open; at < text.size();) {
    auto c = text[at];
    if (c == '"' || c == '\'') {
      at = end_of_quoted(text, at);
      continue;
    }
    if (c == '(' || c == '[' || c == '{')
      ++depth;
    bool closes = c == ')' || c == ']' || c == '}';
    if (closes)
      --depth;
    if ((c == ',' && depth == 1) || (closes && depth == 0)) {
      out.push_back(trimmed(text.substr(begin, at - begin)));
      begin = at + 1;
    }
    ++at;
    if (closes && depth == 0) {
      end = at;
      return out;
    }
  }
  return std::nullopt;
}

/// What a literal says; nothing when `x` is another expression.
std::optional<std::string_view> literal(std::string_view x) {
  bool quoted = x.size() > 1 && (x[0] == '"' || x[0] == '\'')
                && end_of_quoted(x, 0) == x.size();
  return quoted ? std::optional{x.substr(1, x.size() - 2)} : std::nullopt;
}

/// Where the expression of `name=EXPRESSION` begins; 0: there is no name.
size_t begin_of_option(std::string_view part) {
  size_t at = 0;
  while (at < part.size() && in_name(part[at]))
    ++at;
  auto end = part.find_first_not_of(' ', at);
  bool named = at > 0 && end != part.npos && part[end] == '='
               && part.substr(end, 2) != "==";
  return named ? end + 1 : 0;
}

std::optional<lookup_call> call_of(const std::vector<std::string_view>& parts,
                                   std::string_view text) {
  constexpr std::string_view space = "ansible.builtin.";
  auto name = parts.empty() ? std::nullopt : literal(parts.front());
  if (!name)
    return std::nullopt;
  if (name->starts_with(space))
    name->remove_prefix(space.size());
  lookup_call out{std::string{*name}, {}, {}, std::string{text}};
  for (size_t i = 1; i < parts.size(); ++i) {
    auto part = parts[i];
    if (part.empty())
      continue;
    if (auto begin = begin_of_option(part))
      out.options.emplace_back(trimmed(part.substr(0, part.find('='))),
                               trimmed(part.substr(begin)));
    else
      out.terms.emplace_back(part);
  }
  return out;
}

/// Collects the calls of an expression or of all up to the mark that ends it;
/// returns where that was.
size_t read_expression(std::string_view text, size_t at, std::string_view mark,
                       unsigned depth, std::vector<lookup_call>& out) {
  while (at < text.size()) {
    if (!mark.empty() && text.substr(at, mark.size()) == mark)
      return at + mark.size();
    if (text[at] == '"' || text[at] == '\'') {
      at = end_of_quoted(text, at);
      continue;
    }
    auto begin = at;
    while (at < text.size() && in_name(text[at]))
      ++at;
    auto word = text.substr(begin, at - begin);
    if (word.empty()) {
      ++at;
      continue;
    }
    auto open = text.find_first_not_of(" \t\n", at);
    size_t end = 0;
    bool calls = (word == "lookup" || word == "query" || word == "q")
                 && open != text.npos && text[open] == '('
                 && depth < deepest_call;
    auto parts = calls ? parts_of_call(text, open, end) : std::nullopt;
    if (!parts)
      continue;
    if (auto call = call_of(*parts, text.substr(begin, end - begin)))
      out.push_back(std::move(*call));
    for (auto& each : *parts)
      read_expression(each, 0, {}, depth + 1, out);
    at = end;
  }
  return at;
}

} // namespace

std::vector<lookup_call> lookups_in(std::string_view text) {
  std::vector<lookup_call> out;
  for (auto at = text.find('{'); at != text.npos; at = text.find('{', at)) {
    auto mark = text.substr(at, 2);
    if (mark == "{#")
      at = std::min(text.find("#}", at), text.size());
    else if (mark == "{{" || mark == "{%")
      at = read_expression(text, at + 2, mark == "{{" ? "}}" : "%}", 0, out);
    else
      ++at;
  }
  return out;
}

} // namespace troupe
