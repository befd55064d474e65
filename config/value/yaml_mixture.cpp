#include "config/value/yaml_mixture.hpp"

#include "config/value/source_line.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// How far above a colon the value is looked for that it interrupts.
constexpr uint32_t lines_above_searched = 100;
constexpr size_t columns_quoted = 40;
constexpr std::string_view blanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
  auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

/// `KEY: VALUE`, which may be an entry of a list.
struct key_line {
  std::string_view key;
  std::string_view x;
  uint32_t column = 0;
};

std::optional<key_line> key_line_in(std::string_view line) {
  auto from = line.find_first_not_of("- \t");
  if (from == line.npos)
    return std::nullopt;
  auto rest = line.substr(from);
  auto colon = rest.find(": ");
  if (colon == rest.npos) {
    rest = without_blanks(rest);
    if (!rest.ends_with(':'))
      return std::nullopt;
    colon = rest.size() - 1;
  }
  auto key = rest.substr(0, colon);
  if (!is_word(key))
    return std::nullopt;
  auto x = without_blanks(rest.substr(colon + 1));
  if (x.starts_with('#'))
    x = {};
  // Nothing but blanks and dashes stands before it: bytes are columns.
  return key_line{key, x, static_cast<uint32_t>(from + 1)};
}

struct equals {
  std::string_view key;
  std::string_view x;
  /// More such follow in the line.
  bool more = false;
};

/// Where a value ends behind which others may follow: at a blank that is in no
/// quotes and in no template.
size_t end_of_value(std::string_view x) {
  char quote = 0;
  bool inside = false;
  for (size_t at = 0; at < x.size(); ++at) {
    if (quote != 0)
      quote = x[at] == quote ? '\0' : quote;
    else if (x[at] == '"' || x[at] == '\'')
      quote = x[at];
    else if (x.substr(at).starts_with("{{"))
      inside = true;
    else if (x.substr(at).starts_with("}}"))
      inside = false;
    else if (x[at] == ' ' && !inside)
      return at;
  }
  return x.size();
}

std::optional<equals> equals_in(std::string_view text) {
  auto sign = text.find('=');
  if (sign == text.npos)
    return std::nullopt;
  auto key = without_blanks(text.substr(0, sign));
  auto x = without_blanks(text.substr(sign + 1));
  if (!is_word(key) || x.empty() || x.starts_with('='))
    return std::nullopt;
  auto end = end_of_value(x);
  if (x.find('=', end) == x.npos)
    return equals{key, x, false};
  return equals{key, x.substr(0, end), true};
}

/// The pair as YAML has it.
std::string with_colon(const equals& pair) {
  bool quoted = pair.x.starts_with('"') || pair.x.starts_with('\'');
  auto* quote = pair.x.find("{{") != pair.x.npos && !quoted
                  ? pair.x.find('"') != pair.x.npos ? "'" : "\""
                  : "";
  return fmt::format("{}: {}{}{}", pair.key, quote, pair.x, quote);
}

/// The lines above that a key interrupts.
struct lines_above {
  std::optional<key_line> owner;
  /// The first line that goes on with the owner's value; line 0: none does.
  text_position next;
  /// What an entry of a list begins with that is no key; line 0: none is.
  text_position entry;
  std::string_view words;
};

lines_above look_above(std::string_view text, uint32_t line) {
  lines_above out;
  for (auto at = line - 1; at > 0 && line - at <= lines_above_searched; --at) {
    auto one = line_at(text, at);
    auto words = without_blanks(one);
    if (words.empty())
      continue;
    if (words.starts_with('#'))
      break;
    out.owner = key_line_in(one);
    if (out.owner)
      break;
    if (words.starts_with("- ")) {
      auto from = one.find_first_not_of("- \t");
      if (from == one.npos)
        break;
      out.entry = {at, static_cast<uint32_t>(from + 1)};
      out.words = without_blanks(one.substr(from));
      break;
    }
    out.next = {at, static_cast<uint32_t>(one.find_first_not_of(blanks) + 1)};
  }
  return out;
}

/// A key below an entry that was to begin with one, as both stand in the same
/// column.
std::optional<explained_trouble> explain_entry(const lines_above& above,
                                               const key_line& key) {
  if (above.entry.line == 0 || above.entry.column != key.column)
    return std::nullopt;
  if (auto out = explain_narrow_colon(above.words, above.entry))
    return out;
  auto blank = above.words.find(' ');
  auto word = above.words.substr(0, blank);
  if (!is_word(word))
    return std::nullopt;
  auto rest = blank == word.npos ? std::string_view{}
                                 : without_blanks(above.words.substr(blank));
  return explained_trouble{
    fmt::format("expected ': ' behind '{}', such as '{}:{}{}': '{}' below is a "
                "key of the same entry",
                fitting(word, columns_quoted), fitting(word, columns_quoted),
                rest.empty() ? "" : " ", fitting(rest, columns_quoted),
                key.key),
    above.entry};
}

} // namespace

std::optional<explained_trouble> explain_narrow_colon(std::string_view line,
                                                      text_position at) {
  auto text = without_blanks(line);
  auto colon = text.find(':');
  if (colon == text.npos || colon + 1 == text.size() || text[colon + 1] == ' '
      || text[colon + 1] == ':' || text.substr(colon).starts_with("://")
      || !is_word(text.substr(0, colon)))
    return std::nullopt;
  return explained_trouble{
    fmt::format("'{}' has no blank behind its colon: write '{}: {}'",
                fitting(text, columns_quoted), text.substr(0, colon),
                fitting(text.substr(colon + 1), columns_quoted)),
    at};
}

std::optional<explained_trouble> explain_key_beside(std::string_view text,
                                                    text_position colon) {
  auto owner = key_line_in(line_at(text, colon.line));
  // A name is a sentence, which has no keys.
  if (!owner || owner->key == "name")
    return std::nullopt;
  auto inner = key_line_in(owner->x);
  if (!inner || inner->column != 1 || inner->x.empty())
    return std::nullopt;
  return explained_trouble{
    fmt::format("found ': ' inside a value, where it would begin another one: "
                "put the whole value in quotes, or, as a key of '{}', '{}: {}' "
                "in a line of its own below it and further in",
                owner->key, inner->key, fitting(inner->x, columns_quoted)),
    colon};
}

std::optional<explained_trouble> explain_equals(std::string_view line,
                                                text_position at) {
  auto text = without_blanks(line);
  auto pair = equals_in(text);
  if (!pair)
    return std::nullopt;
  return explained_trouble{
    fmt::format("'{}' has to be '{}'{}: what stands in lines of its own has "
                "': ' behind its name, not '='",
                fitting(text, columns_quoted),
                fitting(with_colon(*pair), columns_quoted),
                pair->more ? ", each of these in a line" : ""),
    at};
}

std::optional<explained_trouble> explain_key_below(std::string_view text,
                                                   text_position colon) {
  auto line = line_at(text, colon.line);
  auto key = key_line_in(line);
  // One that begins an entry or comes later in its line is in a value.
  if (!key || without_blanks(line).starts_with('-')
      || key->column + key->key.size() != colon.column)
    return std::nullopt;
  auto above = look_above(text, colon.line);
  auto& [owner, next, entry, words] = above;
  if (!owner)
    return explain_entry(above, *key);
  if (owner->x.empty()) {
    if (next.line == 0)
      return std::nullopt;
    auto first = without_blanks(line_at(text, next.line));
    if (auto out = explain_equals(first, next))
      return out;
    if (auto out = explain_narrow_colon(first, next))
      return out;
    return explained_trouble{fmt::format("expected ': ' and a value behind "
                                         "'{}'",
                                         fitting(first, columns_quoted)),
                             next};
  }
  text_position at{colon.line, key->column};
  auto beside = fmt::format("in column {}, as far left as '{}'", owner->column,
                            owner->key);
  if (equals_in(owner->x) && !key->x.empty())
    return explained_trouble{
      fmt::format("'{0}' cannot stand under the value of '{1}': an argument of "
                  "'{1}' is '{0}={2}' in its line, or all of them stand below "
                  "'{1}:' with ': '; what is a keyword begins {3}",
                  key->key, owner->key, fitting(key->x, columns_quoted),
                  beside),
      at};
  return explained_trouble{
    fmt::format("wrong indentation: '{0}' cannot stand under the value of "
                "'{1}': begin it {2}",
                key->key, owner->key, beside),
    at};
}

} // namespace troupe
