#pragma once

#include "config/value/scan_mark.hpp"
#include "config/value/value_type.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

namespace troupe {

/// A list, or one of Python's other sequences that print differently.
class list {
public:
  enum class form : uint8_t { list, tuple, dict_keys, dict_values, dict_items };

  list() = default;

  list(std::initializer_list<value> items) : items{items} {
  }

  explicit list(std::vector<value> items, form kind = form::list)
      : items{std::move(items)}, kind{kind} {
  }

  std::vector<value> items;
  form kind = form::list;
  scan_mark mark;

  auto begin() const {
    return items.begin();
  }

  auto end() const {
    return items.end();
  }

  size_t size() const {
    return items.size();
  }

  bool empty() const {
    return items.empty();
  }

  void push_back(value x) {
    items.push_back(std::move(x));
  }
};

} // namespace troupe
