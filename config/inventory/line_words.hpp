#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A word of a line, and the bytes in front of it.
struct line_word {
  std::string text;
  size_t at = 0;
};

/// Cuts a line into words by the rules of Python's `shlex` with comments:
/// quotes and backslashes as in a POSIX shell, and a `#` begins a comment also
/// in the middle of a word.
class line_words {
public:
  /// `line` is to outlive the object.
  explicit line_words(std::string_view line) : line_{line} {
  }

  result<std::vector<line_word>> cut();

  /// Where cutting failed.
  size_t at() const {
    return at_;
  }

private:
  result<void> step();
  result<void> take_quoted(char quote);
  void end_word();

  std::string_view line_;
  size_t at_ = 0;
  bool inside_ = false;
  line_word word_;
  std::vector<line_word> words_;
};

} // namespace troupe
