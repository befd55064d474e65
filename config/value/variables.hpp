#pragma once

#include "config/language/language.hpp"
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

private:
  // Newest last; each at least twice as large as the next, so there are few.
  std::vector<std::shared_ptr<const dict>> layers_;

  void push(dict layer);
};

/// The names one task sees: layers, the strongest first. Ansible's precedence
/// is the order in which `task_scope` stacks them.
class layered_variables final : public variables {
public:
  /// A weaker layer than all before. Null pointers are passed over.
  void add(std::shared_ptr<const dict> layer);
  void add(name_store store);

  const value* find(const name_key& name) const override;
  std::vector<std::string> names() const override;

private:
  struct layer {
    std::shared_ptr<const dict> names;
    name_store store;
  };

  std::vector<layer> layers_;
};

} // namespace troupe
