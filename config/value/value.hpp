#pragma once

#include "config/value/dict.hpp"
#include "config/value/list.hpp"
#include "config/value/value_type.hpp"

namespace troupe {

template <class T>
struct shared_part : owner_count {
  // Braces would make a list that holds the list.
  explicit shared_part(T x) : content(std::move(x)) {
  }

  T content;
};

template <class T>
T& value::part() const {
  auto* at = static_cast<const shared_part<T>*>(owners_);
  return const_cast<shared_part<T>*>(at)->content;
}

inline const text& value::as_text() const {
  return part<text>();
}

inline const std::string& value::as_string() const {
  return part<text>().bytes;
}

inline const list& value::as_list() const {
  return part<list>();
}

inline list& value::as_list() {
  return part<list>();
}

inline const dict& value::as_dict() const {
  return part<dict>();
}

inline dict& value::as_dict() {
  return part<dict>();
}

inline const big_integer& value::as_big() const {
  return *part<std::shared_ptr<const big_integer>>();
}

inline const std::shared_ptr<object>& value::as_object() const {
  return part<std::shared_ptr<object>>();
}

inline const value* value::find(const name_key& key) const {
  return is_dict() ? as_dict().find(key) : nullptr;
}

/// How many lists and dicts may lie inside one another, wherever a value is
/// made or read: what walks through it recurses as deep.
inline constexpr unsigned most_nesting = 200;

/// Equality as Python has it: `1 == 1.0 == true`, order of dicts is free.
bool operator==(const value& x, const value& y);

/// Equal values have equal hashes, whatever they are; never zero.
size_t hash(const value& x);

/// What Python calls the type of `x`: "int", "str", "NoneType", "dict", ...
const char* type_name(const value& x);

} // namespace troupe
