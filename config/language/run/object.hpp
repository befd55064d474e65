#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

class evaluator;

/// What a call hands over, before it is matched with parameters.
struct call_arguments {
  std::vector<value> positional;
  std::vector<std::pair<std::string, value>> named;
};

/// A value that only the language has: a macro, a bound method, `loop`, a
/// range, a date. The defaults are those of a value that can do nothing.
class object {
public:
  virtual ~object() = default;

  /// The type's name as Python shows it.
  virtual const char* type() const = 0;

  /// What `str()` and `repr()` give.
  virtual std::string display() const;
  virtual std::string repr() const;

  virtual bool truthy() const {
    return true;
  }

  virtual std::optional<value> attribute(std::string_view name) const;

  /// The attribute where it is kept, when that is quicker than to make it;
  /// null says nothing. Good until the object changes.
  virtual const value* kept_attribute(std::string_view name) const;

  virtual bool callable() const {
    return false;
  }

  virtual result<value> call(evaluator& caller, call_arguments arguments);

  /// The elements, when this can be iterated over.
  virtual std::optional<std::vector<value>> items() const;

  virtual std::optional<size_t> length() const;

  virtual bool equals(const object& other) const {
    return this == &other;
  }

  /// Negative, zero or positive; nothing when the two have no order.
  virtual std::optional<int> compare(const object& other) const;

  /// `this + other` and `this - other`; nothing when that has no meaning.
  virtual std::optional<value> add(const value& other) const;
  virtual std::optional<value> subtract(const value& other) const;

  /// Calls `see` for every value that this keeps alive.
  virtual void each_held(const std::function<void(const value&)>& see) const;

  /// Sets an attribute of a namespace.
  virtual bool assign(const std::string& name, value x);
};

} // namespace troupe
