#pragma once

#include "config/value/scan_mark.hpp"
#include "config/value/value_type.hpp"

#include <concepts>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// A dict that keeps the order of insertion. Keys are any hashable value, as
/// in Python; nearly always text.
class dict {
public:
  using entry = std::pair<value, value>;

  dict() = default;
  dict(std::initializer_list<entry> entries);

  /// Inserts or replaces; a replaced entry keeps its place.
  value& set(const name_key& key, value x);

  template <std::same_as<value> Key>
  value& set(Key key, value x) {
    return set_entry(std::move(key), std::move(x));
  }

  /// Null pointer when there is no such entry.
  const value* find(const name_key& key) const;
  value* find(const name_key& key);

  template <std::same_as<value> Key>
  const value* find(const Key& key) const {
    return at_or_null(position_of(key));
  }

  template <std::same_as<value> Key>
  value* find(const Key& key) {
    return const_cast<value*>(std::as_const(*this).find(key));
  }

  bool contains(const name_key& key) const {
    return find(key) != nullptr;
  }

  /// Removes the entry and says whether there was one. Linear.
  bool erase(const name_key& key);

  template <std::same_as<value> Key>
  bool erase(const Key& key) {
    return erase_at(position_of(key));
  }

  void clear();

  auto begin() const {
    return entries_.begin();
  }

  auto end() const {
    return entries_.end();
  }

  size_t size() const {
    return entries_.size();
  }

  bool empty() const {
    return entries_.empty();
  }

  const entry& at_index(size_t i) const {
    return entries_[i];
  }

  scan_mark mark;

private:
  static constexpr size_t index_from = 8;
  static constexpr size_t npos = static_cast<size_t>(-1);

  size_t position(const name_key& key) const;
  size_t search(const name_key& key) const;
  bool is_at(size_t i, const name_key& key) const;
  size_t position_of(const value& key) const;
  const value* at_or_null(size_t i) const;
  value& set_entry(value key, value x);
  bool erase_at(size_t i);
  void rebuild();

  /// Where an entry is.
  struct place {
    // The upper half of the key's hash.
    uint32_t hash = 0;
    // Counts from 1; 0: nothing is here.
    uint32_t entry = 0;
    // The key's text, which stays where it is as long as the entry has it; null
    // for other keys.
    const std::string* key = nullptr;
  };

  void index(size_t i);
  void forget(size_t i);

  std::vector<entry> entries_;
  // Open addressing by the lower half of the hash, at most half full; empty
  // for small dicts.
  std::vector<place> index_;
};

} // namespace troupe
