#pragma once

#include "config/language/run/evaluation.hpp"
#include "config/language/run/growing_text.hpp"

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

  /// Puts template text where all is text and nothing needs to keep its type;
  /// elsewhere nothing. The limits hear of it with the next value or round of a
  /// loop: until then it cannot be more than the template.
  [[gnu::always_inline]] bool put_plain_text(std::string_view bytes) {
    if (how_ != templar::outcome::text)
      return false;
    text_.append(bytes);
    return true;
  }

  /// Puts a text or an integer where all is text and the limits need not hear
  /// of it yet; anything else, elsewhere, nothing. As the one above, what most
  /// of a render is: the compiler would call it.
  [[gnu::always_inline]] bool put_plain(const value& x) {
    if (how_ != templar::outcome::text || !may_wait())
      return false;
    if (x.is_text())
      text_.append(x.as_string());
    else if (x.is_small())
      text_.append(x.as_int());
    else
      return false;
    return true;
  }

  /// A printed value, ready to be shown.
  result<void> put(const value& x) {
    return how_ == templar::outcome::text ? append(x) : put_typed(x);
  }

  /// Tells the limits what was put, but not of every piece.
  result<void> counted() {
    return may_wait() ? result<void>{} : count();
  }

  /// All the text so far.
  /// @pre how() is `text`
  std::string_view text() const {
    return text_.view();
  }

  /// Everything that was put, as a value. What came from the host is marked.
  result<value> take();

  /// The same as text.
  /// @pre how() is `text`
  result<std::string> take_text();

private:
  static constexpr size_t uncounted_at_most = 4096;

  templar& run_;
  templar::outcome how_;
  size_t count_ = 0;
  // The only value so far: a sole value may keep its type.
  value first_;
  growing_text text_;
  size_t counted_ = 0;
  bool unsafe_ = false;

  bool may_wait() const {
    return text_.size() - counted_ < uncounted_at_most;
  }

  result<void> count();
  result<void> append(const value& x);
  result<void> put_typed(const value& x);
};

/// Reads text as a Python literal as far as Ansible does: also JSON's true,
/// false and null when `json` is set. Nothing when it is none.
std::optional<value> read_literal(std::string_view text, bool json);

} // namespace troupe
