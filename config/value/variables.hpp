#pragma once

#include "config/value/value.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// An immutable set of names that grows by making a new one: registered
/// results and `set_fact` of a run. Sharing keeps a step at O(log n), so that
/// a chain of thousands of registering tasks stays linear.
class name_store {
public:
  /// The same names with `name` added or replaced.
  name_store with(std::string name, value x) const;

  /// The same names with all entries of `added` added or replaced.
  name_store with_all(const dict& added) const;

  const value* find(const name_key& name) const;
  void append_names(std::vector<std::string>& out) const;

  bool empty() const {
    return layers_.empty();
  }

private:
  // Newest last; each at least twice as large as the next, so there are few.
  std::vector<std::shared_ptr<const dict>> layers_;

  void push(dict layer);
};

/// Whether a variable may be called so: letters, digits and underscores of
/// ASCII, no digit first, and no word of Python's grammar.
bool is_variable_name(std::string_view name);

/// Why a variable may not be called so, and what it could be called; empty when
/// it may.
std::string wrong_variable_name(std::string_view name);

} // namespace troupe
