#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace troupe {

/// Where a name was found last, for whoever looks it up again and again: in a
/// dict of the same make it is there again. Threads may share it.
class place_hint {
public:
  place_hint() = default;

  place_hint(const place_hint&) {
  }

  place_hint& operator=(const place_hint&) {
    return *this;
  }

  uint32_t get() const {
    return at_.load(std::memory_order_relaxed);
  }

  void set(uint32_t at) const {
    at_.store(at, std::memory_order_relaxed);
  }

private:
  mutable std::atomic<uint32_t> at_{0};
};

/// A name to look up. Its hash is worked out once, however many dicts are
/// asked; texts convert by themselves.
class name_key {
public:
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  name_key(const Text& text) : text_{text} {
  }

  /// A name whose hash is known from `hash_of`.
  /// What `place` says is tried first, and mended.
  name_key(std::string_view text, size_t hash,
           const place_hint* place = nullptr)
      : text_{text}, hash_{hash}, place_{place} {
  }

  operator std::string_view() const {
    return text_;
  }

  size_t hash() const {
    if (hash_ == 0)
      hash_ = hash_of(text_);
    return hash_;
  }

  const place_hint* place() const {
    return place_;
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
  const place_hint* place_ = nullptr;
};

} // namespace troupe
