#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <string_view>

namespace troupe {

/// A name to look up. Its hash is worked out once, however many dicts are
/// asked; texts convert by themselves.
class name_key {
public:
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  name_key(const Text& text) : text_{text} {
  }

  /// A name whose hash is known from `hash_of`.
  name_key(std::string_view text, size_t hash) : text_{text}, hash_{hash} {
  }

  operator std::string_view() const {
    return text_;
  }

  size_t hash() const {
    if (hash_ == 0)
      hash_ = hash_of(text_);
    return hash_;
  }

  /// Never zero.
  static size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>{}(text) | size_t{1} << 63;
  }

  friend bool operator==(const name_key& x, std::string_view y) {
    return x.text_ == y;
  }

private:
  std::string_view text_;
  // Zero: not known yet.
  mutable size_t hash_ = 0;
};

} // namespace troupe
