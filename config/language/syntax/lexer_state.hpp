#pragma once

#include "config/language/language.hpp"
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

/// `x` with this in place of each line feed.
std::string with_newlines(std::string_view x, std::string_view sequence);

/// A template that is being cut into tokens: what its text outside of tags and
/// that inside of them have in common.
struct lexer_state {
  lexer_state(std::string text, const template_settings& settings,
              std::string* doubled)
      : text{std::move(text)}, settings{settings}, doubled{doubled} {
  }

  std::string text;
  const template_settings& settings;
  /// Receives the source with doubled backslashes when set.
  std::string* doubled;
  /// How far the text has been read.
  size_t at = 0;
  std::vector<token> out;

  /// Line and column of a byte; cheap for one behind the last that was asked.
  source_position position(size_t offset);

  /// A syntax error with its place.
  error fail(size_t offset, std::string message);

  /// Copies a part that stays as it is to `doubled`.
  void keep(size_t from, size_t to) {
    if (doubled)
      doubled->append(text, from, to - from);
  }

  bool starts_with(size_t offset, std::string_view what) const {
    return !what.empty() && text.compare(offset, what.size(), what) == 0;
  }

  size_t skip_space(size_t offset) const {
    while (offset < text.size() && is_space(text[offset]))
      ++offset;
    return offset;
  }

private:
  size_t counted_to_ = 0;
  source_position counted_;
};

} // namespace troupe
