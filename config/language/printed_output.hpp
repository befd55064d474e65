#pragma once

#include "config/language/templar.hpp"

#include <algorithm>
#include <cstring>

namespace troupe {

/// Text that grows by pieces, most of them short: those are copied in place
/// instead of by a call.
class growing_text {
public:
  void reserve(size_t bytes) {
    if (bytes > bytes_.size())
      bytes_.resize(bytes);
  }

  void append(std::string_view x) {
    if (bytes_.size() - used_ < x.size())
      bytes_.resize(std::max(used_ + x.size(), 2 * bytes_.size() + 64));
    copy(bytes_.data() + used_, x.data(), x.size());
    used_ += x.size();
  }

  std::string_view view() const {
    return {bytes_.data(), used_};
  }

  size_t size() const {
    return used_;
  }

  std::string take() {
    bytes_.resize(std::exchange(used_, 0));
    return std::move(bytes_);
  }

private:
  std::string bytes_;
  size_t used_ = 0;

  /// Two copies of a fixed size, which may overlap, cover any size between.
  template <size_t Part>
  static void copy_ends(char* to, const char* from, size_t n) {
    std::memcpy(to, from, Part);
    std::memcpy(to + n - Part, from + n - Part, Part);
  }

  static void copy(char* to, const char* from, size_t n) {
    if (n > 32)
      std::memcpy(to, from, n);
    else if (n >= 16)
      copy_ends<16>(to, from, n);
    else if (n >= 8)
      copy_ends<8>(to, from, n);
    else if (n >= 4)
      copy_ends<4>(to, from, n);
    else
      for (size_t i = 0; i < n; ++i)
        to[i] = from[i];
  }
};

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
    text_.append(bytes);
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
    return text_.take();
  }

private:
  templar& run_;
  templar::outcome how_;
  size_t count_ = 0;
  // The only value so far: a sole value may keep its type.
  value first_;
  growing_text text_;
  bool unsafe_ = false;

  status append(const value& x);
  status put_typed(const value& x);
};

/// Reads text as a Python literal as far as Ansible does: also JSON's true,
/// false and null when `json` is set. Nothing when it is none.
std::optional<value> read_literal(std::string_view text, bool json);

} // namespace troupe
