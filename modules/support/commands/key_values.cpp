#include "modules/support/commands/key_values.hpp"

#include "config/language/python/escapes.hpp"
#include "modules/support/commands/line_words.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char c) {
  return blanks.find(c) != std::string_view::npos;
}

bool is_name(std::string_view text) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  // A template is evaluated later, and may be a name then.
  return (!text.empty() && std::all_of(text.begin(), text.end(), good))
         || (text.starts_with("{{") && text.ends_with("}}"));
}

/// The `=` behind a name; npos: none, or only behind backslashes.
size_t mark_in(std::string_view word) {
  auto at = word.find('=', 1);
  while (at != std::string_view::npos && word[at - 1] == '\\')
    at = word.find('=', at + 1);
  return at;
}

std::string_view stripped(std::string_view text) {
  auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// How long the backslash escape is with which a text begins, of those that
/// Ansible knows in a line; 1: it begins with none.
size_t escape_at(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\')
    return 1;
  size_t digits = text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : 8;
  if (text[1] == 'x' || text[1] == 'u' || text[1] == 'U') {
    auto hex = text.substr(2, digits);
    bool whole = hex.size() == digits
                 && hex.find_first_not_of("0123456789abcdefABCDEF")
                      == std::string_view::npos;
    return whole ? digits + 2 : 1;
  }
  constexpr std::string_view single = "\\'\"abfnrtv";
  return single.find(text[1]) == std::string_view::npos ? 1 : 2;
}

/// The value of an option in a line: backslash escapes as in a string of
/// Python, then without quotes around it, as Ansible reads it.
std::string option_value(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    auto size = escape_at(text.substr(i));
    auto decoded = decode_escapes(text.substr(i, size));
    out += decoded ? *decoded : std::string{text.substr(i, size)};
    i += size;
  }
  out = stripped(out);
  bool quoted = out.size() > 1 && (out[0] == '"' || out[0] == '\'')
                && out.back() == out[0];
  return quoted ? out.substr(1, out.size() - 2) : out;
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')
      && text.front() == text.back()) {
    auto inner = text.substr(1, text.size() - 2);
    std::string out;
    for (size_t i = 0; i < inner.size(); ++i) {
      // Only the quote itself can be escaped inside the value.
      if (inner[i] == '\\' && i + 1 < inner.size()
          && inner[i + 1] == text.front())
        ++i;
      out += inner[i];
    }
    return out;
  }
  return std::string{text};
}

} // namespace

std::vector<std::string> split_text(std::string_view text, char mark) {
  std::vector<std::string> out;
  for (;;) {
    auto at = text.find(mark);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos)
      return out;
    text.remove_prefix(at + 1);
  }
}

result<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  auto in_word = false;
  for (size_t i = 0; i < line.size(); ++i) {
    auto c = line[i];
    if (c == '\\') {
      if (i + 1 == line.size())
        return error{errc::invalid_argument,
                     "the command ends with a backslash that escapes nothing"};
      word += line[++i];
      in_word = true;
    } else if (c == '\'' || c == '"') {
      auto quote = c;
      in_word = true;
      for (++i; i < line.size() && line[i] != quote; ++i) {
        // Between double quotes a backslash escapes only quote and backslash.
        if (quote == '"' && line[i] == '\\' && i + 1 < line.size()
            && (line[i + 1] == '"' || line[i + 1] == '\\'))
          ++i;
        word += line[i];
      }
      if (i >= line.size())
        return error{errc::invalid_argument,
                     "the command has a quotation mark without its partner"};
    } else if (is_blank(c)) {
      if (in_word)
        out.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word)
    out.push_back(std::move(word));
  return out;
}

std::optional<dict> parse_pairs(std::string_view text) {
  dict out;
  for (size_t i = 0; i < text.size();) {
    if (is_blank(text[i]) || text[i] == ',') {
      ++i;
      continue;
    }
    auto begin = i;
    auto quote = '\0';
    auto mark = std::string_view::npos;
    for (; i < text.size(); ++i) {
      auto c = text[i];
      if (c == '\\' && i + 1 < text.size())
        ++i;
      else if (quote != '\0')
        quote = c == quote ? '\0' : quote;
      else if (c == '"' || c == '\'')
        quote = c;
      else if (c == '=' && mark == std::string_view::npos)
        mark = i;
      else if (c == ',' || is_blank(c))
        break;
    }
    i = std::min(i, text.size());
    if (mark == std::string_view::npos || mark == begin)
      return std::nullopt;
    out.set(text.substr(begin, mark - begin),
            value{unquoted(text.substr(mark + 1, i - mark - 1))});
  }
  return out;
}

free_form parse_free_form(std::string_view line,
                          const std::vector<std::string_view>& known) {
  free_form out;
  std::vector<std::string> rest;
  for (auto& word : line_words(line)) {
    auto mark = mark_in(word);
    if (mark == std::string::npos) {
      for (auto at = word.find("\\="); at != std::string::npos;
           at = word.find("\\=", at))
        word.erase(at, 1);
      rest.push_back(std::move(word));
      continue;
    }
    auto name = stripped(std::string_view{word}.substr(0, mark));
    bool wanted = known.empty() ? is_name(name)
                                : std::find(known.begin(), known.end(), name)
                                    != known.end();
    if (wanted)
      out.options.set(
        name, value{option_value(std::string_view{word}.substr(mark + 1))});
    else
      rest.push_back(std::move(word));
  }
  out.rest = joined_words(rest);
  return out;
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view plain
    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "@%_-+=:,./";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos)
    return std::string{word};
  std::string out{"'"};
  for (auto c : word) {
    if (c == '\'')
      out += "'\"'\"'";
    else
      out += c;
  }
  return out + "'";
}

} // namespace troupe
