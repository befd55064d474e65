#pragma once

#include "config/language/syntax/lexer_state.hpp"
#include "platform/result.hpp"

namespace troupe {

/// Cuts what is inside of tags into tokens: names, numbers, texts, symbols.
class expression_lexer {
public:
  explicit expression_lexer(lexer_state& s) : s_{s} {
  }

  /// A tag begins.
  void begin() {
    brackets_.clear();
  }

  /// No bracket is open, so that the tag may end here.
  bool may_end() const {
    return brackets_.empty();
  }

  /// Reads one token, or blanks. Only in tags that print (`variable`)
  /// backslashes may stand for themselves.
  /// @pre `s.at` is inside the text
  result<void> next(bool variable);

private:
  size_t behind_wide_blank(size_t i) const;
  void push(token_kind kind, size_t to);
  size_t digits(size_t from, char base = 'd') const;
  size_t real_end() const;
  void number();
  result<void> name();
  size_t string_end(size_t from, bool escapes) const;
  result<void> string(bool variable);
  result<void> symbol();
  result<void> balance(std::string_view sign);

  lexer_state& s_;
  // Those that close what is open, the innermost last.
  std::string brackets_;
};

} // namespace troupe
