#include "config/inventory/line_words.hpp"

#include <utility>

namespace troupe {

result<std::vector<line_word>> line_words::cut() {
  while (at_ < line_.size() && line_[at_] != '#')
    if (auto done = step(); !done)
      return done.why();
  end_word();
  return std::move(words_);
}

result<void> line_words::step() {
  auto c = line_[at_];
  if (c == ' ' || c == '\t') {
    end_word();
    ++at_;
    return {};
  }
  if (!inside_)
    word_.at = at_;
  inside_ = true;
  ++at_;
  if (c == '"' || c == '\'')
    return take_quoted(c);
  if (c == '\\') {
    if (at_ == line_.size()) {
      --at_;
      return error{errc::syntax, "the line ends behind this backslash"};
    }
    c = line_[at_++];
  }
  word_.text += c;
  return {};
}

result<void> line_words::take_quoted(char quote) {
  auto opened = at_ - 1;
  for (; at_ < line_.size(); ++at_) {
    auto c = line_[at_];
    if (c == quote) {
      ++at_;
      return {};
    }
    if (c == '\\' && quote == '"' && at_ + 1 < line_.size()
        && (line_[at_ + 1] == '"' || line_[at_ + 1] == '\\'))
      c = line_[++at_];
    word_.text += c;
  }
  at_ = opened;
  return error{errc::syntax, "this quotation mark is not closed"};
}

void line_words::end_word() {
  if (inside_)
    words_.push_back(std::exchange(word_, {}));
  inside_ = false;
}

} // namespace troupe
