#pragma once

#include "config/language/python/convert.hpp"
#include "config/language/run/object.hpp"

#include <boost/container/small_vector.hpp>

#include <vector>

namespace troupe {

/// Parameters of a filter, test, method or function, in one line: names in
/// order, `=` behind an optional one, `*` before one that takes all further
/// positional arguments, `**` for all further named ones.
/// "pattern replacement= *rest **named"
struct signature {
  std::vector<std::string_view> names;
  size_t required = 0;
  bool rest = false;
  bool named = false;

  explicit signature(std::string_view line);
};

/// Arguments matched with parameters.
class bound_arguments {
public:
  /// The argument of parameter `i`; missing_value() when not given.
  const value& operator[](size_t i) const {
    return i < given_.size() ? given_[i] : missing_value();
  }

  bool has(size_t i) const {
    return i < given_.size() && !is_missing(given_[i]);
  }

  /// Whether the argument is given and true in Python's sense.
  bool flag(size_t i, bool otherwise = false) const;

  /// The argument as `str()` gives it; `otherwise` when not given.
  result<std::string> text(size_t i, std::string_view otherwise = "") const;

  /// The argument, which must be an integer.
  result<int64_t> integer(size_t i, int64_t otherwise = 0) const;

  /// Calls `see` for every argument.
  template <class F>
  void each(F see) const {
    for (auto& x : given_)
      see(x);
    for (auto& x : rest)
      see(x);
    for (auto& [name, x] : named)
      see(x);
  }

  /// Adds the argument of the next parameter.
  void push_back(value x) {
    given_.push_back(std::move(x));
  }

  /// Adds the argument that is named `key`.
  result<void> take_named(std::string_view name, const signature& parameters,
                          const std::string& key, value x);

  /// Whether all is there that must be.
  result<void> check(std::string_view name, const signature& parameters) const;

  /// Positional arguments behind the parameters.
  std::vector<value> rest;
  /// Named arguments that are no parameter.
  std::vector<std::pair<std::string, value>> named;

private:
  // Most calls have no more than these.
  boost::container::small_vector<value, 3> given_;
  friend result<bound_arguments> match(std::string_view, const signature&,
                                       call_arguments);
};

/// Matches `call` with the parameters as Python does; `name` is for messages.
result<bound_arguments> match(std::string_view name,
                              const signature& parameters, call_arguments call);

} // namespace troupe
