#pragma once

#include "config/language/templar.hpp"

namespace troupe {

/// Collects what a template prints and makes a value of it.
class printed_output {
public:
  printed_output(templar& run, templar::outcome how) : run_{run}, how_{how} {
  }

  templar::outcome how() const {
    return how_;
  }

  /// Makes room for that many bytes of text.
  void reserve(size_t bytes) {
    if (how_ == templar::outcome::text)
      text_.reserve(bytes);
  }

  /// Template text.
  status put_data(const std::string& bytes) {
    // As text nothing needs to keep its type: everything is put together at
    // once.
    if (how_ != templar::outcome::text)
      return put_typed(value{bytes});
    text_ += bytes;
    return run_.wrote(bytes.size());
  }

  /// A printed value, ready to be shown.
  status put(const value& x) {
    return how_ == templar::outcome::text ? append(x) : put_typed(x);
  }

  /// Everything that was put, as a value. What came from the host is marked.
  result<value> take();

  /// The same as text.
  /// @pre how() is `text`
  std::string take_text() {
    return std::move(text_);
  }

private:
  templar& run_;
  templar::outcome how_;
  size_t count_ = 0;
  // The only value so far: a sole value may keep its type.
  value first_;
  std::string text_;
  bool unsafe_ = false;

  status append(const value& x);
  status put_typed(const value& x);
};

/// Reads text as a Python literal as far as Ansible does: also JSON's true,
/// false and null when `json` is set. Nothing when it is none.
std::optional<value> read_literal(std::string_view text, bool json);

} // namespace troupe
