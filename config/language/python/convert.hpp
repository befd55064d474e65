#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// What Python does when a value is used as something: every function here
// fails with the message of an undefined value when it gets a strict one.

/// The error that using the undefined value `x` is.
error undefined_error(const value& x);

/// Whether `x` may not even be looked at.
inline bool is_strict_undefined(const value& x) {
  return x.is_undefined() && !x.as_undefined().lenient;
}

/// `value::missing()`, to refer to.
inline const value& missing_value() {
  static const value mark = value::missing();
  return mark;
}

inline bool is_missing(const value& x) {
  return x.is_missing();
}

/// `bool(x)`
result<bool> truth(const value& x);

/// `str(x)`
result<std::string> as_display(const value& x);

/// The elements of anything that can be iterated over; a dict's keys, the
/// characters of text.
result<std::vector<value>> elements(const value& x);

/// `len(x)`
result<int64_t> length_of(const value& x);

/// A type's name, as Python shows it.
struct type_word {
  const char* word = "";
  /// An error that names it is about a value that is undefined.
  bool undefined = false;

  operator std::string() const {
    return word;
  }

  friend bool operator==(const type_word& x, std::string_view y) {
    return x.word == y;
  }
};

/// What messages and `type_debug` call the type.
type_word python_type(const value& x);

/// The same for messages that say what values of the type cannot do at all:
/// what is tried with an undefined value is about it, however lenient it is.
type_word operand_type(const value& x);

template <class T>
bool names_undefined(const T&) {
  return false;
}

inline bool names_undefined(const type_word& x) {
  return x.undefined;
}

/// An error of class `code` with a formatted message. One that says of an
/// undefined value what its type cannot do is about that value, so it is
/// `errc::undefined`.
template <class... Ts>
error failure(errc code, fmt::format_string<Ts...> format, Ts&&... xs) {
  if ((code == errc::type || code == errc::runtime)
      && (names_undefined(xs) || ...))
    code = errc::undefined;
  return {code, fmt::format(format, std::forward<Ts>(xs)...)};
}

/// An index as Python takes it: integers and bools.
std::optional<int64_t> as_index(const value& x);

/// Whether any text in `x` came from the host.
bool holds_unsafe(const value& x);

value tuple_of(std::vector<value> items);
value list_of(std::vector<value> items);

} // namespace troupe

template <>
struct fmt::formatter<troupe::type_word> : fmt::formatter<std::string_view> {
  auto format(const troupe::type_word& x, fmt::format_context& to) const {
    return fmt::formatter<std::string_view>::format(x.word, to);
  }
};
