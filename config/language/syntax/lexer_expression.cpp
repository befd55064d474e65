#include "config/language/syntax/lexer_expression.hpp"

#include "config/language/python/escapes.hpp"
#include "config/language/python/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// Longest first, so that "//" is not read as two divisions.
constexpr std::array<std::string_view, 26> punctuation{
  "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(",
  ")",  "[",  "]",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};

bool is_based_digit(char c, char base) {
  switch (base) {
  case 'b':
    return c == '0' || c == '1';
  case 'o':
    return c >= '0' && c <= '7';
  default:
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}

} // namespace

result<void> expression_lexer::next(bool variable) {
  auto c = s_.text[s_.at];
  if (is_space(c)) {
    auto to = s_.skip_space(s_.at);
    s_.at = to;
    return {};
  }
  if (c == '\'' || c == '"')
    return string(variable);
  if (is_digit(c)) {
    number();
    return {};
  }
  if (auto to = behind_wide_blank(s_.at); to > s_.at) {
    s_.at = to;
    return {};
  }
  if (is_word(c))
    return name();
  return symbol();
}

/// Where a space beyond ASCII ends, such as U+00A0; `i` when there is none.
size_t expression_lexer::behind_wide_blank(size_t i) const {
  if (static_cast<unsigned char>(s_.text[i]) < 0x80)
    return i;
  auto to = i;
  return is_blank(next_point(s_.text, to)) ? to : i;
}

void expression_lexer::push(token_kind kind, size_t to) {
  s_.out.push_back(
    {kind, s_.text.substr(s_.at, to - s_.at), s_.position(s_.at)});
  s_.at = to;
}

/// Digits with single underscores between them; `from` when there are none.
size_t expression_lexer::digits(size_t from, char base) const {
  auto fits = [&](size_t i) {
    if (i >= s_.text.size())
      return false;
    return base == 'd' ? is_digit(s_.text[i])
                       : is_based_digit(s_.text[i], base);
  };
  auto i = from;
  while (
    fits(i)
    || (i > from && i < s_.text.size() && s_.text[i] == '_' && fits(i + 1)))
    ++i;
  return i;
}

size_t expression_lexer::real_end() const {
  if (s_.at > 0 && s_.text[s_.at - 1] == '.')
    return 0;
  auto i = digits(s_.at);
  auto fraction = i;
  if (i < s_.text.size() && s_.text[i] == '.')
    if (auto to = digits(i + 1); to > i + 1)
      fraction = to;
  auto exponent = fraction;
  if (exponent < s_.text.size() && (s_.text[exponent] | 0x20) == 'e') {
    ++exponent;
    if (exponent < s_.text.size()
        && (s_.text[exponent] == '+' || s_.text[exponent] == '-'))
      ++exponent;
    if (auto to = digits(exponent); to > exponent)
      return to;
  }
  return fraction > i ? fraction : 0;
}

void expression_lexer::number() {
  if (auto to = real_end())
    return push(token_kind::real, to);
  if (s_.text[s_.at] == '0' && s_.at + 1 < s_.text.size()) {
    auto base = static_cast<char>(s_.text[s_.at + 1] | 0x20);
    if (base == 'x' || base == 'o' || base == 'b') {
      auto from = s_.at + 2;
      if (from < s_.text.size() && s_.text[from] == '_')
        ++from;
      if (auto to = digits(from, base); to > from)
        return push(token_kind::integer, to);
    }
    // Leading zeros stand alone, so that 007 is a syntax error.
    auto to = s_.at;
    while (to < s_.text.size()
           && (s_.text[to] == '0'
               || (s_.text[to] == '_' && to + 1 < s_.text.size()
                   && s_.text[to + 1] == '0')))
      ++to;
    return push(token_kind::integer, to);
  }
  push(token_kind::integer, digits(s_.at));
}

result<void> expression_lexer::name() {
  auto to = s_.at;
  while (to < s_.text.size() && is_word(s_.text[to])
         && behind_wide_blank(to) == to)
    ++to;
  auto word = std::string_view{s_.text}.substr(s_.at, to - s_.at);
  if (!is_identifier(word))
    return s_.fail(s_.at,
                   fmt::format("Invalid character in identifier \"{}\"", word));
  push(token_kind::name, to);
  return {};
}

/// Where the text that begins at `from` with a quotation mark ends; the end of
/// all when it is not closed.
size_t expression_lexer::string_end(size_t from, bool escapes) const {
  auto i = from + 1;
  while (i < s_.text.size() && s_.text[i] != s_.text[from])
    i += escapes && s_.text[i] == '\\' ? 2 : 1;
  return std::min(i, s_.text.size());
}

result<void> expression_lexer::string(bool variable) {
  auto plain = variable && s_.source.plain_backslashes;
  auto from = s_.at;
  // Ansible looks for the end as usual before it doubles backslashes.
  auto end = string_end(from, true);
  if (end == s_.text.size())
    return s_.fail(from, fmt::format("unexpected char '{}': the string is not "
                                     "closed",
                                     s_.text[from]));
  if (plain && string_end(from, false) != end)
    return s_.fail(string_end(from, false),
                   fmt::format("unexpected char '{}': a backslash stands for "
                               "itself here",
                               s_.text[from]));
  auto body = s_.text.substr(from + 1, end - from - 1);
  if (!plain) {
    auto decoded = decode_escapes(body);
    if (!decoded)
      return s_.fail(from, decoded.why().message);
    body = std::move(*decoded);
  }
  s_.out.push_back({token_kind::string,
                    with_newlines(body, s_.settings.newline_sequence),
                    s_.position(from)});
  s_.at = end + 1;
  return {};
}

namespace {

/// What this language has for a sign of other ones; empty: nothing.
std::string_view instead_of(std::string_view sign) {
  if (sign.starts_with("&&"))
    return "; write 'and'";
  if (sign.starts_with('!'))
    return "; write 'not'";
  return {};
}

} // namespace

result<void> expression_lexer::symbol() {
  auto rest = std::string_view{s_.text}.substr(s_.at);
  for (auto sign : punctuation) {
    if (!rest.starts_with(sign))
      continue;
    if (auto done = balance(sign); !done)
      return done;
    push(token_kind::symbol, s_.at + sign.size());
    return {};
  }
  auto sign = rest.substr(0, utf8_length(rest[0]));
  return s_.fail(s_.at,
                 fmt::format("unexpected char '{}'{}", sign, instead_of(rest)));
}

result<void> expression_lexer::balance(std::string_view sign) {
  if (sign == "(" || sign == "[" || sign == "{") {
    brackets_ += sign == "(" ? ')' : sign == "[" ? ']' : '}';
    return {};
  }
  if (sign != ")" && sign != "]" && sign != "}")
    return {};
  if (brackets_.empty())
    return s_.fail(s_.at, fmt::format("unexpected '{}'", sign));
  // Nobody has written what stands behind the text.
  auto end = s_.text.size() - std::min(s_.source.hidden_end, s_.text.size());
  if (brackets_.back() != sign[0] && s_.source.hidden_end > 0 && s_.at >= end)
    return s_.fail(end, fmt::format("the expression ends too early, expected "
                                    "'{}'",
                                    brackets_.back()));
  if (brackets_.back() != sign[0])
    return s_.fail(s_.at, fmt::format("unexpected '{}', expected '{}'", sign,
                                      brackets_.back()));
  brackets_.pop_back();
  return {};
}

} // namespace troupe
