#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/source_text.hpp"
#include "config/language/syntax/token.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

// Whether a byte of a template is of this kind, as Python sees it.

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

inline bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Where the blanks begin that `x` ends with, in any script.
size_t blanks_from(std::string_view x);

/// `x` with this in place of each line feed.
std::string with_newlines(std::string_view x, std::string_view sequence);

/// `x` with every line end as one line feed; the last one is dropped, as the
/// caller puts it back behind the rendered text.
std::string with_line_feeds(std::string_view x);

/// A syntax error with its place, but not yet with the text that lies there.
error syntax_error(source_position at, std::string message);

/// A template that is being cut into tokens: what its text outside of tags and
/// that inside of them have in common.
struct lexer_state {
  lexer_state(std::string text, const source_text& source,
              const template_settings& settings)
      : text{std::move(text)}, source{source}, settings{settings} {
  }

  std::string text;
  const source_text& source;
  const template_settings& settings;
  /// How far the text has been read.
  size_t at = 0;
  std::vector<token> out;

  /// Line and column of a byte in what its writer sees; cheap for one behind
  /// the last that was asked.
  source_position position(size_t offset);

  /// A syntax error with its place.
  error fail(size_t offset, std::string message);

  bool starts_with(size_t offset, std::string_view what) const {
    return !what.empty() && text.compare(offset, what.size(), what) == 0;
  }

  /// Behind the blanks that begin there, in any script.
  size_t skip_space(size_t offset) const;

private:
  size_t counted_to_ = 0;
  source_position counted_;
};

/// A line statement or comment, with the blanks before it; `to` 0: none.
struct line_tag {
  size_t from = std::string::npos;
  size_t to = 0;
};

/// The next one from `s.at` on: a statement is the first on its line, a comment
/// may also stand behind what is no blank.
line_tag find_line_tag(const lexer_state& s, const std::string& prefix,
                       bool statement);

/// Where a line statement ends whose tokens end at `s.at`, with the empty lines
/// behind it; zero when it goes on.
size_t line_statement_end(const lexer_state& s);

} // namespace troupe
